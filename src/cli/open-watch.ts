import type { TrainingWatch, WatchOptions } from "../serving/index.js";
import { printNote } from "./output.js";

/** Opens the page that watches a training, and says where it is. */
export async function openWatch(options: WatchOptions): Promise<TrainingWatch> {
  const { watchTraining } = await import("../serving/watch/watch-training.js");
  const watch = await watchTraining(options);
  printNote(watch.app ? `watch it: ${watch.url}/#/training` : `watch it: ${watch.url}/v1/training/events`);
  return watch;
}
