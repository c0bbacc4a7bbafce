/** What training tells while it runs. */

export interface StartEvent {
  readonly event: "start";
  readonly backend: string;
  readonly threads: number;
  readonly parameters: number;
  readonly rows: { readonly training: number; readonly validation: number };
  readonly batches: number;
  readonly epochs: number;
  /** Milliseconds to build and compile the programs. */
  readonly compile: number;
}

export interface EpochEvent {
  readonly event: "epoch";
  readonly epoch: number;
  readonly epochs: number;
  /** Mean loss over the epoch's batches, while the weights were changing. */
  readonly loss: number;
  /** Loss and score on the validation rows after the epoch; `null` without such rows. */
  readonly validation: { readonly loss: number; readonly score: number | null } | null;
  /** The epoch whose weights are the best so far. */
  readonly best: number;
  readonly stepsPerSecond: number;
  /** Seconds left if all epochs are run. */
  readonly remaining: number;
}

export interface StopEvent {
  readonly event: "stop";
  readonly reason: StopReason;
  readonly epoch: number;
  /** The epoch whose weights were kept. */
  readonly best: number;
  readonly seconds: number;
}

/** All epochs were run, the validation loss got no better for long, or somebody asked to stop. */
export type StopReason = "epochs" | "patience" | "interrupted";
export type TrainingEvent = StartEvent | EpochEvent | StopEvent;
