/** The checkpoints of a study's trainings, each a file in the folder of the unfinished run. */
import { exists, readFile, writeFileAtomic } from "#platform";
import { checkpointPath } from "../io/unfinishedRun.ts";
import { type Checkpointing, decodeState, encodeState } from "../train/index.ts";

/** What keeps a training of a study, by the training's name: `network`, `fold-3-baseline`. */
export type Checkpoints = (training: string) => Promise<Checkpointing>;

/**
 * The checkpoint of one training as an option of its own, left out where nothing is kept.
 * A pause that was asked for between two trainings begins here.
 */
export async function checkpointOf(
  { checkpoints }: { readonly checkpoints?: Checkpoints },
  training: string,
): Promise<{ readonly checkpoint?: Checkpointing }> {
  const checkpoint = await checkpoints?.(training);
  checkpoint?.pause?.throwIfAborted();
  return checkpoint ? { checkpoint } : {};
}

/** Small results that are kept beside the checkpoints, by name. */
export interface Notes {
  readonly read: (name: string) => Promise<unknown>;
  readonly write: (name: string, value: unknown) => Promise<void>;
}

/**
 * The notes of the run that is to stand at `path`; one that cannot be read is as if it were not there.
 *
 *     await study(prepared, { notes: notesOf("runs/wdbc-1") });
 */
export const notesOf = (path: string): Notes => ({
  read: async (name) => {
    const file = checkpointPath(path, name);
    if (!(await exists(file))) return null;
    try {
      return JSON.parse(new TextDecoder().decode(await readFile(file)));
    } catch {
      return null;
    }
  },
  write: (name, value) => writeFileAtomic(checkpointPath(path, name), JSON.stringify(value)),
});

/** Seconds; a shorter training is sooner repeated than written. */
const worthKeeping = 1;

/**
 * Keeps the trainings of the run that is to stand at `path`, and goes on from what is kept there.
 *
 *     await study(prepared, { checkpoints: checkpointsOf("runs/wdbc-1") });
 */
export const checkpointsOf =
  (path: string, options: Pick<Checkpointing, "every" | "pause"> = {}): Checkpoints =>
  async (training) => {
    const file = checkpointPath(path, training);
    const from = (await exists(file)) ? await decodeState(await readFile(file), file) : undefined;
    const write: Checkpointing["write"] = async (state, why) => {
      // the network is always kept: it is what may be finished early
      if (why === "end" && training !== "network" && state.seconds < worthKeeping) return;
      await writeFileAtomic(file, await encodeState(state));
    };
    return { ...options, write, ...(from ? { from } : {}) };
  };
