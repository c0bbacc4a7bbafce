/**
 * How the curves of a chart are told apart: by color, by dash and by mark. Colors of Okabe and Ito,
 * those that reach a contrast of 3 on white; the style sheet has others for dark pages.
 */
export interface Series {
  readonly color: string;
  /** Lengths of strokes and gaps; empty for a solid line. */
  readonly dash: string;
  readonly mark: "circle" | "square" | "triangle" | "diamond";
}

const series: readonly Series[] = [
  { color: "#0072b2", dash: "", mark: "circle" },
  { color: "#d55e00", dash: "7 4", mark: "square" },
  { color: "#00805e", dash: "2 3", mark: "triangle" },
  { color: "#b0558a", dash: "10 3 2 3", mark: "diamond" },
  { color: "#4d4d4d", dash: "5 2", mark: "circle" },
  { color: "#7a5c00", dash: "1 2", mark: "square" },
];

/** The series of a number, from 0. */
export const seriesOf = (index: number): Series => series[index % series.length]!;

/** What is drawn in ink: axes, text, lines to compare with. */
export const ink = { text: "#24292f", soft: "#59636e", line: "#8c959f", grid: "#e3e7eb" };

/** Class and color of strokes of a series: the color is for a picture that leaves the page. */
export const stroke = (index: number) => ({
  class: `s${index % series.length}`,
  stroke: seriesOf(index).color,
});
/** The same for areas. */
export const fill = (index: number) => ({
  class: `f${index % series.length}`,
  fill: seriesOf(index).color,
});

export const fontFamily = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif";
