/** The search of the settings: what was tried, the best so far, and what each setting did. */
import { log } from "../../base/math.ts";
import type { Searched, SearchResult, SearchTrial } from "../../evaluate/types.ts";
import { type Axis, chart } from "../charts/chart.ts";
import { line, markAt, marks, type Point } from "../charts/marks.ts";
import { roundEnds } from "../charts/scale.ts";
import { at, nameOf } from "../estimates.ts";
import { figure, type Section, table } from "../figure.ts";
import { count, counted, number, short } from "../format.ts";
import { type Child, el, type Markup } from "../html.ts";
import type { ReportSource } from "../source.ts";
import { isObject } from "../testRows.ts";

/** A trial that has a loss. */
type Judged = SearchTrial & { readonly loss: number };

export function searchSection({ run }: ReportSource): Section | null {
  const found = at(run.metrics, "search");
  if (!isObject(found) || !Array.isArray(found.trials)) return null;
  const search = found as unknown as SearchResult;
  return {
    id: "search",
    title: "Search of the settings",
    content: [trialsFigure(search), settingsFigure(search), trialsTable(search)],
  };
}

const judgedOf = ({ trials }: SearchResult): Judged[] =>
  trials.filter((trial): trial is Judged => trial.loss !== null);

const about = ({ trials, folds, strategy }: SearchResult): Child => [
  el("strong", {}, `${counted(trials.length, "trial")}. `),
  `${strategy === "halving" ? "Successive halving" : "Random search"}, each trial judged by ${folds} folds of the learning rows: neither the test rows nor anything outside these took part. `,
];

const lossAxis = (search: SearchResult): Axis => {
  const [low, high] = roundEnds(judgedOf(search).map(({ loss }) => loss));
  return { label: `${nameOf(search.statistic)}, mean of the folds`, low, high };
};

function trialsFigure(search: SearchResult): Markup {
  const all = judgedOf(search);
  const best = bestSoFar(all);
  const chosen = all.find(({ trial }) => trial === search.chosen);
  const rounds = new Set(all.map(({ round }) => round)).size;
  const picture = chart(
    {
      id: "trials",
      title: "Loss by trial",
      description: `The best of ${all.length} trials is trial ${search.chosen}${chosen ? `, ${short(chosen.loss)}` : ""}.`,
      x: { label: "trial", low: 0, high: search.trials.length + 1 },
      y: lossAxis(search),
      legend: [
        { label: "trial", series: 0, as: "mark" },
        ...(rounds === 1 ? [{ label: "best so far", series: 0, as: "line" as const }] : []),
        { label: "chosen", series: 1, as: "mark" },
      ],
      ...{ width: 760, height: 320 },
    },
    (place) => [
      rounds === 1 ? line(place, best, { width: 1.5 }) : null,
      marks(
        place,
        all.map(({ trial, loss }): Point => [trial, loss]),
        { opacity: 0.7 },
      ),
      chosenMark(place, chosen && [chosen.trial, chosen.loss]),
    ],
  );
  return figure({
    id: "figure-trials",
    title: "What was tried",
    wide: true,
    picture,
    caption: [
      about(search),
      "The first trial has the settings that stand without a search. The loss of the chosen one flatters: it was picked as the lowest.",
    ],
    data: {
      header: ["trial", "loss", "best so far"],
      rows: all.map(({ trial, loss }, i) => [
        String(trial),
        number(loss),
        rounds === 1 ? number(best[2 * i]![1]) : "",
      ]),
    },
  });
}

type At = Parameters<typeof markAt>;
const chosenMark = (
  place: { readonly x: (value: number) => At[0]; readonly y: (value: number) => At[1] },
  point: Point | undefined,
): Child => (point ? markAt(place.x(point[0]), place.y(point[1]), { series: 1, radius: 6 }) : null);

/** Steps: the lowest loss up to each trial, held to the next. */
function bestSoFar(all: readonly Judged[]): Point[] {
  let lowest = Number.POSITIVE_INFINITY;
  return all.flatMap(({ trial, loss }, i): Point[] => {
    lowest = Math.min(lowest, loss);
    return [
      [trial, lowest],
      [all[i + 1]?.trial ?? trial, lowest],
    ];
  });
}

const log10 = (value: number) => log(value) / log(10);

interface Setting {
  readonly label: string;
  readonly of: (settings: Searched) => number;
  readonly powers?: boolean;
  readonly whole?: boolean;
}

const settings: readonly Setting[] = [
  { label: "learning rate", of: ({ learningRate }) => learningRate, powers: true },
  { label: "weight decay", of: ({ weightDecay }) => weightDecay, powers: true },
  { label: "dropout", of: ({ dropout }) => dropout },
  { label: "width of a layer", of: ({ hidden }) => hidden[0] ?? 0 },
  { label: "hidden layers", of: ({ hidden }) => hidden.length, whole: true },
];

/** Those that differ between trials. */
const varied = (all: readonly Judged[]) =>
  settings.filter(({ of }) => new Set(all.map((trial) => of(trial.settings))).size > 1);

function settingsFigure(search: SearchResult): Child {
  const all = judgedOf(search);
  const shown = varied(all);
  if (shown.length === 0) return null;
  return figure({
    id: "figure-settings",
    title: "Loss by setting",
    wide: true,
    picture: shown.map((setting, i) => settingPicture(setting, search, i)),
    caption: [about(search), "One mark a trial; the square is the chosen one."],
    data: {
      header: ["trial", ...shown.map(({ label }) => label), "loss"],
      rows: all.map((trial) => [
        String(trial.trial),
        ...shown.map(({ of }) => String(of(trial.settings))),
        number(trial.loss),
      ]),
    },
  });
}

function settingPicture(setting: Setting, search: SearchResult, i: number): Markup {
  const { label, of, powers, whole } = setting;
  const placed = (trial: Judged): Point => {
    const value = of(trial.settings);
    return [powers ? log10(Math.max(value, 1e-6)) : value, trial.loss];
  };
  const all = judgedOf(search);
  const values = all.map((trial) => placed(trial)[0]);
  const [low, high] = powers
    ? [Math.floor(Math.min(...values)), Math.ceil(Math.max(...values))]
    : roundEnds(values);
  const ticks = powers || whole ? { ticks: wholeBetween(low, high) } : {};
  const chosen = all.find(({ trial }) => trial === search.chosen);
  return chart(
    {
      id: `setting-${i}`,
      title: `Loss by ${label}`,
      description: `One mark a trial, ${label} against the loss.`,
      x: { label, low, high, ...ticks, ...(powers ? { spell: powerOf } : {}) },
      y: lossAxis(search),
      ...{ width: 320, height: 260 },
    },
    (place) => [
      marks(place, all.map(placed), { opacity: 0.6 }),
      chosenMark(place, chosen && placed(chosen)),
    ],
  );
}

const wholeBetween = (low: number, high: number) =>
  Array.from({ length: high - low + 1 }, (_, i) => low + i);
const powerOf = (power: number) => String(Number(`1e${power}`));

function trialsTable(search: SearchResult): Child {
  const score = search.statistic === "rmse" ? "r2" : "auroc";
  const ranked = search.trials.toSorted(
    (a, b) => b.round - a.round || (a.loss ?? Number.MAX_VALUE) - (b.loss ?? Number.MAX_VALUE),
  );
  return table(
    {
      id: "search-trials",
      title: "All trials, the best first",
      note: "Those that came furthest first; the first was chosen.",
    },
    {
      header: [
        ...["trial", "hidden", "learning rate", "dropout", "weight decay", "epochs"],
        ...[search.statistic, score].map(nameOf),
      ],
      rows: ranked.map(({ trial, settings: own, epochs, loss, score: value, reason }) => [
        trial === search.chosen ? `${trial} (chosen)` : String(trial),
        own.hidden.join(",") || "none",
        ...[own.learningRate, own.dropout, own.weightDecay].map(String),
        count(epochs),
        reason ?? number(loss),
        number(value),
      ]),
    },
  );
}
