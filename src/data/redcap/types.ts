/** What is kept of a REDCap data dictionary; plain JSON. */

export interface DictionaryField {
  readonly name: string;
  readonly form: string;
  /** As REDCap calls it: `text`, `notes`, `radio`, `checkbox`, `calc`, … */
  readonly type: string;
  /** Codes and labels of a question with given answers. */
  readonly choices: readonly (readonly [code: string, label: string])[];
  /** `number`, `integer`, `date_ymd`, …; "" for none. */
  readonly validation: string;
  /** The least and the most that validation lets pass; "" for none. */
  readonly low: string;
  readonly high: string;
  readonly unit: string | null;
  /** Marked as identifying a person. */
  readonly identifies: boolean;
  /** When the question is put; "" for always. */
  readonly branching: string;
}

export interface DataDictionary {
  /** The file that it was read from, and the SHA-256 of its bytes. */
  readonly name: string;
  readonly sha256: string;
  /** The field that names the record: the dictionary's first. */
  readonly record: string;
  readonly fields: readonly DictionaryField[];
}
