/** Whether a column's name says that it names the row or the patient. */

/** Names, and last words of names, that say identifier even where values repeat. */
const strong = new Set(
  (
    "id ids pid mrn uid uuid guid patient patients subject subjects participant participants " +
    "patientid subjectid personid recordid sampleid caseid studyid visitid encounterid " +
    "participantid hadm_id accession barcode"
  ).split(" "),
);
/** Whole names that say identifier only where no value repeats. */
const weak = new Set(
  "row rowname rownames index no nr number case record sample encounter name".split(" ").concat(
    ["(row name)", "unnamed: 0"], // what this reader and pandas call a nameless first column
  ),
);

/** `patientId`, `PATIENT_ID`, `id`: strong; `row`, `sample`: weak; `patient_age`, `thyroid`: none. */
export function identifierName(name: string): "strong" | "weak" | "none" {
  const whole = name.trim().toLowerCase();
  const words = name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  const last = words.at(-1) ?? "";
  const namesPerson = /^(patient|subject|participant)s?$/.test(last);
  if (namesPerson ? words.length === 1 : strong.has(last)) return "strong";
  return weak.has(whole) ? "weak" : "none";
}
