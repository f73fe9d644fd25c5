import { serveJob } from "../runtime/job.js";
import { writeColumns } from "./dataset-file.js";
import type { WriteColumnsJob } from "./write-columns.js";

await serveJob(async ({ directory, columns }: WriteColumnsJob) => writeColumns(directory, columns));
