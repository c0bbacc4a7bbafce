/** How the training went: the engine, the curve of the loss, and which epoch was kept. */
import type { Study } from "../../src/index.ts";
import { counted, duration, figure, integer, sparkline } from "../output/numbers.ts";
import type { Page } from "../output/page.ts";

export function trainingFacts(page: Page, { events, history, best }: Study): void {
  const last = history.at(-1)!;
  for (const event of events)
    if (event.event === "start") {
      const compiled = duration(event.compile / 1000);
      const steps = counted(event.batches, "step");
      const epoch = duration(usualEpoch(history, event.batches));
      const speed = `${epoch} an epoch (${steps} and validation)`;
      page.fact(
        "engine",
        `${event.backend}, ${counted(event.threads, "thread")} · compiled in ${compiled} · ${speed}`,
      );
    }
  const curve = history.map(({ loss, validation }) => validation?.loss ?? loss);
  const [first, kept] = [curve[0]!, curve[best - 1] ?? curve.at(-1)!];
  const watched = last.validation ? "validation loss" : "loss";
  const line = page.style.accent(sparkline(curve, page.narrow ? 12 : 24));
  page.fact("training", `${line}  ${watched} ${figure(first)} → ${figure(kept)}`);
  for (const event of events)
    if (event.event === "stop") {
      const { epoch, reason, seconds } = event;
      const ended = {
        epochs: `all ${integer(epoch)} epochs`,
        patience: `stopped early at epoch ${integer(epoch)} of ${integer(last.epochs)}`,
        interrupted: `interrupted at epoch ${integer(epoch)} of ${integer(last.epochs)}`,
      }[reason];
      const weights = best === epoch ? "" : `; weights of epoch ${integer(best)} kept`;
      page.fact("", `${ended} in ${duration(seconds)}${weights}`);
    }
}

/** Seconds of the median epoch. */
function usualEpoch(history: Study["history"], batches: number): number {
  const ends = history.map(({ epoch, stepsPerSecond }) => (epoch * batches) / stepsPerSecond);
  const lengths = ends.map((end, i) => end - (ends[i - 1] ?? 0)).sort((a, b) => a - b);
  return lengths[Math.floor((lengths.length - 1) / 2)]!;
}
