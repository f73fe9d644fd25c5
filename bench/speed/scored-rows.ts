import { RandomStream } from "../../src/random.js";

/** What a model says of the rows of a log, and what came of them. */
export interface ScoredRows {
  /** [B] */
  logits: Float32Array;
  /** [B], 1 or 0 */
  labels: Uint8Array;
  /** [B] */
  users: Int32Array;
}

const MEAN_LOGIT = -1.5;
const SPREAD = 1.5;
const GRID = 64;

/**
 * Rows of a click log: normal logits, every second one on a grid of 1/64 (ties), labels drawn with the probability that the logit says,
 * users with a geometric number of rows. The rows of a user are scattered over the log, as they are where it is ordered by time.
 */
export function scoredRows(
  count: number,
  { rowsPerUser, seed = 1 }: { rowsPerUser: number; seed?: number },
): ScoredRows {
  const random = new RandomStream(seed, "scored-rows");
  const logits = new Float32Array(count);
  const labels = new Uint8Array(count);
  const users = new Int32Array(count);
  for (let i = 0, user = 0; i < count; i++) {
    const logit = MEAN_LOGIT + SPREAD * random.normal();
    logits[i] = i % 2 === 0 ? logit : Math.round(logit * GRID) / GRID;
    labels[i] = random.uniform() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
    users[i] = user;
    if (random.uniform() < 1 / rowsPerUser) user++;
  }
  random.shuffle(users);
  return { logits, labels, users };
}
