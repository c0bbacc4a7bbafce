/** `npm start`: trains on the embedded breast-cancer data; what follows `--` is passed on to golgi. */
const sample = ["train", "data/wdbc.csv", "--target", "Diagnosis", "--positive", "M"];
process.argv.splice(2, 0, ...sample);
await import("../bin/golgi.js");
