/** The report of a run: one HTML file for reviewers. */
import type { Prepared } from "../evaluate/types.ts";
import type { Opening } from "../io/openings.ts";
import { dataSideOf, testPartOf } from "./dataSide.ts";
import { estimateAt, nameOf } from "./estimates.ts";
import { curvesOf, evidenceFor } from "./evidence.ts";
import { explainedOf } from "./explained.ts";
import type { Section } from "./figure.ts";
import { count, counted, percent, spelled } from "./format.ts";
import { type Child, el } from "./html.ts";
import { pageOf } from "./page.ts";
import { auditSection } from "./sections/audit.ts";
import { cardSection } from "./sections/card.ts";
import { conformalSection } from "./sections/conformal.ts";
import { crossValidationSection } from "./sections/crossValidation.ts";
import { dataSection } from "./sections/data.ts";
import { dropoutSection, ensembleSection } from "./sections/ensemble.ts";
import { essentials, testedOn, testRowsOf } from "./sections/essentials.ts";
import { explanationsSection } from "./sections/explanations.ts";
import { openingsSection } from "./sections/openings.ts";
import { optimismSection } from "./sections/optimism.ts";
import { probastSection } from "./sections/probast.ts";
import { provenance } from "./sections/provenance.ts";
import { recalibrationSection } from "./sections/recalibration.ts";
import { searchSection } from "./sections/search.ts";
import { sitesSection } from "./sections/sites.ts";
import { subgroupsSection } from "./sections/subgroups.ts";
import { tableOneSection } from "./sections/tableOne.ts";
import { thresholds } from "./sections/thresholds.ts";
import { training } from "./sections/training.ts";
import { tripodSection } from "./sections/tripod.ts";
import { intervalOf, type ReportSource } from "./source.ts";

export interface ReportOptions {
  /** The study as it was prepared: adds what the rows themselves tell. */
  readonly prepared?: Prepared;
  /** Columns whose groups are compared; found from the data unless told. */
  readonly subgroups?: readonly string[];
  /** Every time that the same test rows were looked at: `openingsOf`. */
  readonly openings?: readonly Opening[];
}

/**
 * The report of a run as the text of one HTML file. It opens from disk, asks the network for nothing
 * and forbids itself to; the same run gives the same text.
 *
 *     const html = await reportOf(await readReportSource("runs/wdbc-1"));
 */
export function reportOf(source: ReportSource, options: ReportOptions = {}): Promise<string> {
  const { name, model } = source;
  const evidence = evidenceFor(source);
  const curves = evidence.task === "regression" ? [] : curvesOf(source, evidence);
  const side = options.prepared ? dataSideOf(options.prepared) : null;
  const explained =
    side && explainedOf(model, testPartOf(side.prepared, model.target.scale), intervalOf(source));
  const made: readonly (Section | null)[] = [
    essentials(source, evidence, curves),
    dataSection(source, side),
    tableOneSection(side),
    auditSection(side),
    searchSection(source),
    training(source),
    crossValidationSection(source),
    sitesSection(source),
    optimismSection(evidence),
    ensembleSection(source),
    dropoutSection(source),
    thresholds(source, evidence, curves),
    recalibrationSection(source, evidence),
    conformalSection(source, evidence),
    subgroupsSection(source, evidence, {
      prepared: side?.prepared ?? null,
      columns: options.subgroups,
    }),
    explanationsSection(explained, testRowsOf(source)),
    openingsSection(source, options.openings ?? []),
    cardSection(source),
  ];
  const sections = made.filter((section) => section !== null);
  return pageOf({
    title: `${model.target.column}: report of ${name}`,
    header: headerOf(source),
    sections: [
      ...sections,
      tripodSection(source, presentIn(sections)),
      probastSection({ source, evidence, side, openings: options.openings?.length ?? 0 }),
      provenance(source),
    ],
    footer: footerOf(source),
  });
}

/** Titles of the sections that hold something. */
function presentIn(sections: readonly Section[]): ReadonlyMap<string, string> {
  const titles = sections
    .filter(({ empty }) => !empty)
    .map(({ id, title }) => [id, title] as const);
  return new Map([...titles, ["probast", "PROBAST+AI"], ["provenance", "To make it again"]]);
}

/** More labels than these are only counted in the title. */
const mostLabels = 4;

function headerOf(source: ReportSource): Child {
  const { run, model, name } = source;
  const [file] = run.manifest.data;
  const { task, column, labels } = model.target;
  const what =
    task === "binary"
      ? `${column} = ${labels[1]}`
      : task === "classes"
        ? `${column} (${labels.length > mostLabels ? `${labels.length} classes` : labels.join(", ")})`
        : column;
  return [
    el("p", { class: "kind" }, `Prediction model report · ${name}`),
    el("h1", {}, `${what}, predicted from ${file?.name ?? "a table"}`),
    el(
      "p",
      { class: "lead" },
      `A neural network trained on ${counted(rowsOf(source, "training") + rowsOf(source, "validation"), "row")} and ${testedOn(source)}.`,
    ),
    cards(source),
  ];
}

const rowsOf = ({ run }: ReportSource, part: string): number => {
  const rows = (run.metrics as { rows?: Record<string, number> }).rows ?? {};
  return rows[part] ?? 0;
};

const shownFirst = {
  binary: ["auroc", "scaledBrier", "calibrationSlope", "observedOverExpected"],
  classes: ["auroc", "logLoss", "accuracy"],
  regression: ["r2", "rmse", "mae"],
};

function cards(source: ReportSource): Child {
  const { metrics } = source.run;
  const { task } = source.model.target;
  const estimates = shownFirst[task].flatMap((key) => {
    const found = estimateAt(metrics, "test", key);
    return found ? [[key, found] as const] : [];
  });
  return el(
    "dl",
    { class: "cards" },
    estimates.map(([key, estimate]) => {
      const [value = "—", ...interval] = spelled(estimate).split(" [");
      const about = interval.length ? `95 % interval [${interval.join("")}` : estimate.reason;
      const several = key === "auroc" && task === "classes" ? ", mean of the classes" : "";
      return card(nameOf(key) + several, value, about ?? "");
    }),
    testCard(source),
  );
}

const card = (name: string, value: string, about: string): Child =>
  el("div", {}, el("dt", {}, name), el("dd", {}, value, el("small", {}, about)));

/** How much the numbers beside it rest on. */
function testCard({ model: { target }, test }: ReportSource): Child {
  if (target.task === "binary") {
    const events = test.truth.reduce((sum, y) => sum + y, 0);
    const about = `of ${counted(test.rows, "row")}, ${percent(events / test.rows)}`;
    return card("events in the test", count(events), about);
  }
  const classes = target.task === "classes" ? `of ${target.labels.length} classes` : "";
  return card("rows in the test", count(test.rows), classes);
}

function footerOf({ run }: ReportSource): Child {
  const { manifest, circumstances } = run;
  return el(
    "p",
    {},
    `Golgi ${manifest.release} · run of ${circumstances.created} · this file holds everything that it shows and asks the network for nothing.`,
  );
}
