/** How the network learned: loss by epoch, where it stopped, and why. */
import { chart } from "../charts/chart.ts";
import { line, markAt, type Point, reference } from "../charts/marks.ts";
import { roundEnds } from "../charts/scale.ts";
import { figure, note, type Section } from "../figure.ts";
import { count, fixed, number, short } from "../format.ts";
import { type Child, el, type Markup } from "../html.ts";
import type { ReportSource } from "../source.ts";

const reasons: Readonly<Record<string, string>> = {
  epochs: "all epochs were run",
  patience: "the validation loss got no better for as many epochs as patience allows",
  interrupted: "somebody asked to stop",
};

const mostEpochs = 300;

export function training(source: ReportSource): Section {
  const { history } = source;
  return {
    id: "training",
    title: "Training",
    content: history.length === 0 ? note("The run holds no epochs.") : [figureOf(source)],
  };
}

function figureOf({ history, stop, run }: ReportSource): Markup {
  const every = Math.ceil(history.length / mostEpochs);
  const shown = history.filter((_, i) => i % every === 0 || i === history.length - 1);
  const last = history.at(-1)!;
  const best = stop?.best ?? last.best;
  const reason = stop ? `; ${reasons[stop.reason] ?? stop.reason}` : "";
  const rows = (run.metrics as { rows?: { training?: number; validation?: number } }).rows ?? {};
  return figure({
    id: "figure-training",
    title: "Loss by epoch",
    wide: true,
    picture: pictureOf(shown, best),
    caption: [
      el(
        "strong",
        {},
        `${count(rows.training ?? 0)} training rows, ${count(rows.validation ?? 0)} validation rows. `,
      ),
      `Loss over the training rows while the weights were changing, and over the validation rows after each epoch. Training ended after epoch ${count(last.epoch)} of ${count(last.epochs)}${reason}. The weights of epoch ${count(best)}, with the lowest validation loss, were kept.`,
    ],
    data: {
      header: ["epoch", "training loss", "validation loss", "validation score"],
      rows: shown.map(({ epoch, loss, validation }) => [
        count(epoch),
        number(loss, short),
        number(validation?.loss ?? null, short),
        number(validation?.score ?? null),
      ]),
    },
  });
}

function pictureOf(shown: ReportSource["history"], best: number): Markup {
  const losses = shown.flatMap(({ loss, validation }) => [loss, validation?.loss ?? loss]);
  const [low, high] = roundEnds([0, ...losses]);
  const last = shown.at(-1)!.epoch;
  const validated = shown.flatMap(({ epoch, validation }): Point[] =>
    validation ? [[epoch, validation.loss]] : [],
  );
  const kept = validated.find(([epoch]) => epoch === best);
  return chart(
    {
      id: "training-loss",
      title: "Training and validation loss by epoch",
      description: `The validation loss is lowest at epoch ${best}${kept ? `, ${fixed(kept[1])}` : ""}.`,
      x: { label: "epoch", low: Math.min(1, last - 1), high: last },
      y: { label: "loss", low, high },
      legend: [
        { label: "training rows", series: 0, as: "line" },
        { label: "validation rows", series: 1, as: "line" },
        { label: "weights kept", series: 1, as: "mark" },
      ],
      ...{ width: 760, height: 330 },
    },
    (place): Child => [
      reference(place, [best, low], [best, high]),
      line(
        place,
        shown.map(({ epoch, loss }): Point => [epoch, loss]),
      ),
      line(place, validated, { series: 1 }),
      kept ? markAt(place.x(kept[0]), place.y(kept[1]), { series: 1, radius: 5 }) : null,
    ],
  );
}
