/** What SAS's own files and its transport files share: dates by their format. */
import { cellText, dateText } from "./cells.ts";

/** 1960-01-01, SAS's first day, in milliseconds of Unix time. */
const firstDay = -315_619_200_000;

/** Names of formats that show seconds since 1960, and days since 1960. */
const seconds =
  /^(?:DATETIME|DATEAMPM|DT(?:DATE|MONYY|WKDATX|YEAR|YYQC)|MDYAMPM|NLDATM|[BE]8601(?:DN|DT|DX|DZ|LX))/;
const days = new RegExp(
  "^(?:DATE|DAY|DDMMYY|DOWNAME|JULDAY|JULIAN|MINGUO|MMDDYY|MMYY|MONNAME|MONTH|MONYY|NENGO|NLDATE|QTR|" +
    "WEEKDAT|WEEKDAY|WEEK[UVW]|WORDDAT|YEAR|YYMM|YYMON|YYQ|YYWEEK|[BE]8601DA)",
);

/** Numbers as text: those whose format shows a date as ISO dates; NaN, which every missing value is, as "". */
export function sasWriter(format: string): (value: number) => string {
  const name = format.toUpperCase();
  if (seconds.test(name)) return (value) => dateText(firstDay + Math.round(1000 * value));
  if (days.test(name)) return (value) => dateText(firstDay + 86_400_000 * value);
  return (value) => cellText(value)!;
}
