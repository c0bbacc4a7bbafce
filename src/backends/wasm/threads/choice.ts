/**
 * Whether a program runs on one thread or on all, decided by measuring: the bits are equal, and
 * what other programs do on the machine decides as much as the work does.
 *
 * The way that was faster last is taken; now and then a few runs try the other one. The time that
 * this loses is a small part of all: trials that confirm the choice become rarer, up to a limit,
 * and what is much slower is tried less often than what is nearly as fast.
 */
export class Choice {
  /** How the next run should go. */
  shared = true;
  #favorite = true;
  /** Milliseconds of the latest runs of the favorite way, and of a trial under way. */
  #latest: number[] = [];
  #trial: number[] = [];
  /** Milliseconds that the other way took in its last trial. */
  #other = 0;
  /** Milliseconds of runs until the other way is tried. */
  #rest = 5;
  /** Trials in a row that the favorite has lost. */
  #losses = 0;
  /** Grows with each trial that confirms the favorite. */
  #caution = 1;

  /** Tells how long a run took that went as `shared` said. */
  took(milliseconds: number): void {
    if (this.shared !== this.#favorite) {
      this.#trial.push(milliseconds);
      const hopeless = this.#trial.length > 1 && milliseconds > 2 * typical(this.#latest);
      if (hopeless || isEnough(this.#trial)) this.#decide();
      return;
    }
    this.#latest = [...this.#latest, milliseconds].slice(-runs.kept);
    const slower = this.#other > 0 && typical(this.#latest) > this.#other;
    this.#rest -= slower ? hurry * milliseconds : milliseconds;
    if (this.#rest <= 0 && isEnough(this.#latest)) this.shared = !this.#favorite;
  }

  #decide(): void {
    const all = this.#trial.reduce((total, time) => total + time, 0);
    const [favorite, other] = [typical(this.#latest), typical(this.#trial)];
    const loses = other < (this.#favorite ? doubt : 1) * favorite;
    this.#losses = loses ? this.#losses + 1 : 0;
    // a core may be slow for a moment: threads lose only when tried again
    if (loses && this.#favorite && this.#losses < 2) this.#rest = all;
    else this.#settle(loses, { all, favorite, other });
    this.#latest = loses ? [] : this.#latest;
    this.#trial = [];
    this.shared = this.#favorite;
  }

  #settle(flips: boolean, took: { all: number; favorite: number; other: number }): void {
    const { all, favorite, other } = took;
    this.#caution = flips ? 1 : Math.min(3 * this.#caution, dearth);
    const lost = Math.max(0, all - this.#trial.length * favorite);
    this.#rest = this.#caution * lost + Math.min(this.#caution, dearthOfEquals) * all;
    this.#other = flips ? favorite : other;
    if (!flips) return;
    this.#favorite = !this.#favorite;
    this.#losses = 0;
  }
}

const runs = { kept: 8, few: 6, long: 20 }; // a long one, in milliseconds, is tried once
const isEnough = (times: readonly number[]) =>
  times.length >= runs.few || times.at(-1)! >= runs.long;

/** The mean without the first, which wakes the threads, and without the slowest, interrupted ones. */
function typical(times: readonly number[]): number {
  const counted = times.slice(times.length < runs.few ? 0 : 1).sort((a, b) => a - b);
  const kept = counted.slice(0, Math.ceil(0.7 * counted.length));
  return kept.reduce((total, time) => total + time, 0) / kept.length;
}

/** One thread must be so much faster: the programs that come here are large enough for several. */
const doubt = 0.87;
/** The time that trials lose gets so small a part of all. */
const dearth = 25;
/** Ways that are about equal lose nothing, and may still change. */
const dearthOfEquals = 8;
/** A favorite that has become slower than the other way was is questioned so much sooner. */
const hurry = 8;
