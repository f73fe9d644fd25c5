import { serveJob } from "../runtime/job.js";
import { exportJob } from "./export-job.js";

await serveJob(exportJob);
