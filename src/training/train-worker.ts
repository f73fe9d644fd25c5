import { serveJob } from "../runtime/job.js";
import { trainJob } from "./train-job.js";

await serveJob(trainJob);
