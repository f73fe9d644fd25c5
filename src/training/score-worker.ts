import { serveJob } from "../runtime/job.js";
import { scoreJob } from "./score-job.js";

await serveJob(scoreJob);
