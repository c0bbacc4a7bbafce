/** What networks.js exports: plain JavaScript, for Node as it is. */
import type { Session } from "golgi";

export interface Outcome {
  /** SHA-256 of the best weights, the last ones, and what the optimizer knows of them. */
  readonly hash: string;
  /** Threads that took part in the last run. */
  readonly threads: number;
  readonly vectorBits: number;
  /** Steps that the checkpoint had behind it; 0 without one. */
  readonly resumedAt: number;
  readonly steps: number;
}

export const names: readonly string[];
export const half: number;

export function trainOn(
  name: string,
  options: {
    readonly session?: Session;
    readonly threads?: number;
    readonly from?: Uint8Array | undefined;
    readonly write?: (bytes: Uint8Array, step: number) => Promise<void> | void;
  },
): Promise<Outcome>;
