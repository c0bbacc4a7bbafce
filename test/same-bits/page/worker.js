// The worker's side: a thread that may sleep.
import { tasks } from "./tasks.js";

addEventListener("message", async ({ data: task }) => {
  try {
    postMessage(await tasks[task.what](task));
  } catch (error) {
    postMessage({ error: String(error) });
  }
});
