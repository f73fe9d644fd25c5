import { RandomStream } from "../random.js";
import { type SplitEvents, TEST } from "./split.js";

/**
 * Thins the rows of label 0 of training and validation: each is kept with probability `keep`, drawn by seed and event.
 * Test rows are all kept, and so are the events: histories and statistics know what a server knows.
 *
 * Training then sees odds of a click that are 1 / keep times too high, the same for every row, so that
 * logit p = logit p' + log(keep) gives them back (He et al., Practical Lessons from Predicting Clicks on Ads at Facebook,
 * 2014, section 6.3).
 *
 * @returns the events that make no row, and how many were added to them
 */
export function keepNegatives(
  { slice, rowless }: SplitEvents,
  { label, keep, seed }: { label: Uint8Array; keep: number; seed: number },
): { rowless: Uint8Array | null; dropped: number } {
  if (keep >= 1) return { rowless, dropped: 0 };
  const random = new RandomStream(seed, "keep");
  const flags = rowless?.slice() ?? new Uint8Array(slice.length);
  let dropped = 0;
  for (let e = 0; e < slice.length; e++) {
    if (label[e] === 1 || slice[e] === TEST || flags[e] === 1) continue;
    if (random.at(e) < keep * 2 ** 32) continue;
    flags[e] = 1;
    dropped++;
  }
  return { rowless: flags, dropped };
}
