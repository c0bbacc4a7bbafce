/**
 * Whether a program runs on one thread or on all, decided by measuring both from time to time: the
 * bits are equal, and what other programs do on the machine decides as much as the work does.
 */
export class Choice {
  /** How the next run should go. */
  shared = true;
  #favorite = true;
  /** Milliseconds of runs until both ways are tried again. */
  #wait = 5;
  /** Of the runs of a trial. */
  #times: number[] = [];
  /** Milliseconds a run the favorite way took in the trial under way. */
  #toBeat: number | null = null;

  /** Tells how long a run took that went as `shared` said. */
  took(milliseconds: number): void {
    if (this.#wait > 0) {
      this.#wait -= milliseconds;
      return;
    }
    this.#times.push(milliseconds);
    if (this.#times.length < runsOfTrial) return;
    const [, ...times] = this.#times; // the first one wakes the threads
    // a run that something else interrupted says nothing
    const median = times.toSorted((a, b) => a - b)[times.length >> 1]!;
    if (this.#toBeat === null) {
      this.#toBeat = median;
      this.shared = !this.#favorite;
    } else {
      this.#wait = dearth * times.reduce((total, time) => total + time, 0);
      if (median < margin * this.#toBeat) this.#favorite = !this.#favorite;
      this.shared = this.#favorite;
      this.#toBeat = null;
    }
    this.#times = [];
  }
}

const runsOfTrial = 8;
const margin = 0.97;
/** The way that is not taken gets so small a part of the time. */
const dearth = 50;
