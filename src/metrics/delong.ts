/** The area under the ROC curve and its variance by placements (DeLong 1988; Sun and Xu 2014). */
import type { Statistic } from "./bootstrap.ts";
import { ascending, type BinaryRows } from "./rows.ts";

/** How each event stands among the others and each other row among the events. */
export interface Placements {
  readonly auroc: number;
  /** For each event, the share of other rows below it (ties count ½). */
  readonly events: Float64Array;
  /** For each other row, the share of events above it. */
  readonly others: Float64Array;
}

/** Placements in O(N log N): one sort, then one walk over blocks of tied scores. */
export function placements({ scores, labels, events, others }: BinaryRows): Placements {
  const order = ascending(scores);
  const share = new Float64Array(scores.length);
  let [eventsBelow, othersBelow, sum] = [0, 0, 0];
  for (let start = 0; start < order.length; ) {
    let end = start;
    let tiedEvents = 0;
    for (; end < order.length && scores[order[end]!] === scores[order[start]!]; end++) {
      tiedEvents += labels[order[end]!]!;
    }
    const tiedOthers = end - start - tiedEvents;
    for (let i = start; i < end; i++) {
      const row = order[i]!;
      share[row] =
        labels[row] === 1
          ? (othersBelow + tiedOthers / 2) / others
          : (events - eventsBelow - tiedEvents / 2) / events;
    }
    sum += tiedEvents * (othersBelow + tiedOthers / 2);
    eventsBelow += tiedEvents;
    othersBelow += tiedOthers;
    start = end;
  }
  return {
    auroc: sum / (events * others),
    events: share.filter((_, row) => labels[row] === 1),
    others: share.filter((_, row) => labels[row] === 0),
  };
}

/** Sum of products of deviations over (n - 1). */
function covarianceOf(x: Float64Array, xMean: number, y: Float64Array, yMean: number): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i]! - xMean) * (y[i]! - yMean);
  return sum / (x.length - 1);
}

/** DeLong's covariance of two areas on the same rows: S10 / m + S01 / n; NaN if m or n is 1. */
export function delongCovariance(first: Placements, second: Placements): number {
  const events = covarianceOf(first.events, first.auroc, second.events, second.auroc);
  const others = covarianceOf(first.others, first.auroc, second.others, second.auroc);
  return events / first.events.length + others / first.others.length;
}

/** AUROC as a function of row weights; sorts once, then each call is one pass over blocks of ties. */
export function weightedAuroc({ scores, labels }: BinaryRows): Statistic {
  const order = ascending(scores);
  const label = Uint8Array.from(order, (row) => labels[row]!);
  const ends = Int32Array.from(order.keys())
    .map((i) => i + 1)
    .filter((end) => end === order.length || scores[order[end]!] !== scores[order[end - 1]!]);
  return (weights) => {
    let events = 0;
    let others = 0;
    let sum = 0;
    let i = 0;
    for (const end of ends) {
      let tiedEvents = 0;
      let tiedOthers = 0;
      for (; i < end; i++) {
        const weight = weights[order[i]!]!;
        if (label[i] === 1) tiedEvents += weight;
        else tiedOthers += weight;
      }
      sum += tiedEvents * (others + tiedOthers / 2);
      events += tiedEvents;
      others += tiedOthers;
    }
    return events === 0 || others === 0 ? null : sum / (events * others);
  };
}
