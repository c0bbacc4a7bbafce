/** The report of a run folder as one HTML file. */
export { type ReportOptions, reportOf } from "./report.ts";
export type { ReportSource } from "./source.ts";
