import { serveJob } from "../../runtime/job.js";
import { measureJob } from "./measure-job.js";

await serveJob(measureJob);
