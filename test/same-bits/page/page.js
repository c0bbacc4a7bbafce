// The page's side: hands tasks to a worker of its own, or does them here, where nobody may sleep.
import { tasks } from "./tasks.js";

const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });

const inWorker = (/** @type {object} */ task) =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) =>
      data.error === undefined ? resolve(data) : reject(new Error(data.error));
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(task);
  });

/** Runs one task; what it answers, or an error. */
window.run = (task) => (task.where === "page" ? tasks[task.what](task) : inWorker(task));
