import { runJob } from "../runtime/job.js";
import type { FileEntry } from "./arrow-file.js";
import { type WrittenColumns, writeColumns } from "./dataset-file.js";

/** Datasets of fewer events are written where they are: a thread takes longer to start. */
const WORTH_A_THREAD = 500_000;

/** What the thread is given. */
export interface WriteColumnsJob {
  directory: string;
  columns: WrittenColumns;
}

/**
 * As writeColumns; of a large dataset by a thread of its own, so that the caller can go on. The columns are not to be
 * changed until then, and a thread copies what does not lie over shared memory.
 *
 * @param options.worthAThread events from which on a thread is started. Default 500,000.
 */
export async function writeColumnsAside(
  directory: string,
  columns: WrittenColumns,
  { worthAThread = WORTH_A_THREAD }: { worthAThread?: number } = {},
): Promise<Record<string, FileEntry>> {
  if (columns.events.count < worthAThread) return writeColumns(directory, columns);
  const { catalogue, events, rows, ranking } = columns;
  const { eventFeatures, context, statistics } = catalogue;
  const job: WriteColumnsJob = {
    directory,
    columns: { catalogue: { eventFeatures, context, statistics }, events, rows, ranking },
  };
  return runJob<Record<string, FileEntry>>("write-columns-worker", { base: import.meta.url, data: job });
}
