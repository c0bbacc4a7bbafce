/** The report of a run folder as one HTML file. */
export { reportOf } from "./report.ts";
export type { ReportSource } from "./source.ts";
