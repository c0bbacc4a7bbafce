# Writes fromR.json from the rows of ../statistics/statistics.json: loess at the exact surface (R's
# own interpolates by default), rms, epi-like intervals, pROC. Rscript make.R
suppressMessages({library(jsonlite); library(rms); library(pROC)})
binary <- fromJSON("../statistics/statistics.json")$binary
y <- binary$labels
exact <- loess.control(surface = "direct")
curve <- function(p, y, at, span = 0.75) {
  fit <- loess(y ~ p, span = span, degree = 2, control = exact)
  as.numeric(predict(fit, newdata = data.frame(p = at)))
}
summaries <- function(p, y) {
  distance <- abs(curve(p, y, p) - p)
  list(ici = mean(distance), e50 = median(distance), e90 = unname(quantile(distance, 0.9)), emax = max(distance))
}
spiegelhalter <- function(p, y) {
  v <- rms::val.prob(p, y, pl = FALSE)
  list(z = unname(v["S:z"]), p = unname(v["S:p"]))
}
ratio <- function(a, b, c, d) { # a of b events, c of d others: normal on the log scale
  lr <- (a / b) / (c / d); se <- sqrt(1 / a - 1 / b + 1 / c - 1 / d)
  c(lr, lr * exp(-qnorm(0.975) * se), lr * exp(qnorm(0.975) * se))
}
called <- binary$first >= 0.4
tp <- sum(called & y == 1); fp <- sum(called & y == 0); events <- sum(y); others <- sum(1 - y)
roc1 <- roc(y, binary$first, levels = 0:1, direction = "<", quiet = TRUE)
at <- c(0.05, 0.2, 0.4, 0.6, 0.9)
smooth_x <- c(1, 2, 2, 3.5, 4, 5, 7, 7, 7, 9, 12)
smooth_y <- c(2, 1, 3, 2.5, 4, 3, 5, 6, 4.5, 5, 7)
out <- list(
  loess = list(x = smooth_x, y = smooth_y, at = c(1, 2.2, 4, 7, 8, 12),
    fitted75 = curve(smooth_x, smooth_y, c(1, 2.2, 4, 7, 8, 12)),
    fitted100 = curve(smooth_x, smooth_y, c(1, 2.2, 4, 7, 8, 12), span = 1)),
  first = list(at = at, curve = curve(binary$first, y, at), summaries = summaries(binary$first, y)),
  second = list(at = at, curve = curve(binary$second, y, at), summaries = summaries(binary$second, y)),
  spiegelhalter = list(first = spiegelhalter(binary$first, y), second = spiegelhalter(binary$second, y)),
  likelihoodRatios = list(
    positive = ratio(tp, events, fp, others),
    negative = ratio(events - tp, events, others - fp, others)),
  partial = as.numeric(auc(roc1, partial.auc = c(1, 0.9), partial.auc.focus = "specificity")))
predictions <- "../../../../shared/goldens/pima_te_predictions.csv" # data for tests only, not shipped
if (file.exists(predictions)) {
  pima <- read.csv(predictions)
  out$pima <- summaries(pima$p_full, pima$y)
}
write(toJSON(out, digits = 15, auto_unbox = TRUE, pretty = TRUE), "fromR.json")
