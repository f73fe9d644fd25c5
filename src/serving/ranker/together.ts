import type { BatchSourceColumns } from "../../data/batch.js";
import { mergeRequests } from "../../data/merge-requests.js";

/** What a request is in the history's steps times its candidates, as a graph with a history for each row computes it. */
export const cellsOf = ({ rows, events }: BatchSourceColumns): number => rows.count * Math.max(1, events.count - 1);

/**
 * A request of so many cells is scored faster with a history for each row than with what is prepared of one history for all of them
 * (`bench/serving-batches.ts`): preparing costs as much as some 20 candidates.
 */
export const SMALL = 1500;
/** Beyond so many cells together, a run leaves the cache, and merging loses what it gained. */
export const TOGETHER = 4000;

/** A run of small requests. */
export interface Group {
  /** Places of the requests. */
  places: number[];
  columns: BatchSourceColumns;
}

/** Puts small requests into as few runs as pay, in their order; each other one is a group of its own. */
export function groupRequests(requests: readonly BatchSourceColumns[]): { small: Group[]; large: number[] } {
  const small: Group[] = [];
  const large: number[] = [];
  let places: number[] = [];
  let [rows, steps] = [0, 0];
  const finish = (): void => {
    if (places.length > 0) small.push({ places, columns: mergeRequests(places.map((place) => requests[place]!)) });
    places = [];
    [rows, steps] = [0, 0];
  };
  for (const [place, request] of requests.entries()) {
    if (cellsOf(request) > SMALL) {
      large.push(place);
      continue;
    }
    // Rows are padded to the longest history among them.
    const longest = Math.max(steps, request.events.count - 1, 1);
    if ((rows + request.rows.count) * longest > TOGETHER) finish();
    places.push(place);
    rows += request.rows.count;
    steps = Math.max(steps, request.events.count - 1, 1);
  }
  finish();
  return { small, large };
}
