# Writes optimism.json: a logistic model of MASS's Pima.tr refitted on bootstrap samples, each refit's
# predictions and how often each row was drawn, and what rms::validate and pROC make of them.
# Run it in this folder: Rscript make.R
suppressMessages({ library(rms); library(pROC) })
data <- MASS::Pima.tr
data$y <- as.integer(data$type == "Yes")
times <- 30
formula <- y ~ glu + bmi + age + npreg + bp + skin + ped
fit <- lrm(formula, data, x = TRUE, y = TRUE, eps = 1e-10, maxit = 50)
p <- predict(fit, type = "fitted")
y <- data$y
n <- nrow(data)

# rms::validate draws `sample(n, replace = TRUE)` once a resample
set.seed(2)
found <- rms::validate(fit, B = times, eps = 1e-10, maxit = 50)
set.seed(2)
refits <- lapply(seq_len(times), function(b) {
  drawn <- sample(n, replace = TRUE)
  own <- lrm(formula, data[drawn, ], eps = 1e-10, maxit = 50)
  list(drawn = drawn, p = plogis(predict(own, data)))
})

statistics <- function(p, y) c(
  auroc = as.numeric(auc(y, p, quiet = TRUE, direction = "<", levels = c(0, 1))),
  brier = mean((p - y)^2),
  calibrationSlope = unname(coef(glm(y ~ qlogis(p), family = binomial, epsilon = 1e-14))[2]),
  calibrationIntercept = unname(coef(glm(y ~ offset(qlogis(p)), family = binomial, epsilon = 1e-14))[1])
)
apparent <- statistics(p, y)
gaps <- sapply(refits, function(r) statistics(r$p[r$drawn], y[r$drawn]) - statistics(r$p, y))
optimism <- rowMeans(gaps)
by <- function(values) as.list(values)
jsonlite::write_json(list(
  y = y, p = unname(p),
  refits = lapply(refits, function(r) list(counts = tabulate(r$drawn, n), p = unname(r$p))),
  apparent = by(apparent), optimism = by(optimism), corrected = by(apparent - optimism),
  rms = list(
    brier = as.list(found["B", c("index.orig", "optimism", "index.corrected")]),
    calibrationSlope = as.list(found["Slope", c("index.orig", "optimism", "index.corrected")]),
    dxy = as.list(found["Dxy", c("index.orig", "optimism", "index.corrected")])
  )
), "optimism.json", digits = NA, auto_unbox = TRUE)
print(found)
print(rbind(apparent, optimism))
