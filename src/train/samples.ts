/** What a network learns from: blocks of rows, what is true of each row, and how much it counts. */
import { InputError } from "../base/errors.ts";
import { type Shape, sizeOf } from "../base/shape.ts";

/** Values of one kind for every row, row after row: a table [rows, columns], later images, sequences. */
export interface Block {
  /** The shape of one row's part. */
  readonly shape: Shape;
  readonly data: Float32Array;
  /** The values on disk instead; `data` is empty then. */
  readonly pages?: Pages;
}

/** Rows on disk in pages of `pageRows`; `read` puts those of a page into an array from `at` on. */
export interface Pages {
  readonly identity: string;
  readonly rows: number;
  readonly pageRows: number;
  readonly read: (page: number, values: Float32Array, at: number) => void;
}

/** Rows to train on or to predict. */
export interface Samples {
  readonly rows: number;
  /** By name; a network of layers reads the block `table`. */
  readonly inputs: { readonly table: Block };
}

/** Rows whose outcome is known. */
export interface LabeledSamples extends Samples {
  /** One number a row: 0 or 1, the number of a class, or what a regression predicts. */
  readonly targets: Float32Array;
  /** How much each row counts in the loss (default: all the same). */
  readonly weights?: Float32Array;
}

/**
 * Samples from a table's features, `columns` numbers a row, and their targets if they are known.
 *
 *     const training = tableSamples({ features, columns: 30, targets });
 */
export function tableSamples<const T extends Float32Array | undefined = undefined>(from: {
  readonly features: Float32Array;
  readonly columns: number;
  readonly targets?: T;
}): T extends Float32Array ? LabeledSamples : Samples {
  const { features, columns, targets } = from;
  const rows = targets?.length ?? features.length / columns;
  const inputs = { table: { shape: [columns], data: features } };
  return checked(targets ? { rows, inputs, targets } : { rows, inputs }) as LabeledSamples;
}

/** The same samples if their parts belong together; an `InputError` that names the part if not. */
export function checked<S extends Samples & Partial<LabeledSamples>>(samples: S): S {
  const { rows, inputs, targets, weights } = samples;
  const { shape, data, pages } = inputs.table;
  if (!pages && data.length !== rows * sizeOf(shape))
    throw new InputError(
      `samples: ${data.length} numbers for ${rows} rows of ${sizeOf(shape)}. Give ${rows * sizeOf(shape)}.`,
    );
  for (const [name, values] of Object.entries({ targets, weights }))
    if (values && values.length !== rows)
      throw new InputError(`samples: ${values.length} ${name} for ${rows} rows. Give one a row.`);
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]))
      throw new InputError(
        "samples: a feature is not a finite number. Impute missing values first.",
      );
  return samples;
}
