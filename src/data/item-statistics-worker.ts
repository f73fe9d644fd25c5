import { serveJob } from "../runtime/job.js";
import { sweepOwnItems } from "./own-item-statistics.js";

await serveJob(async (input: Parameters<typeof sweepOwnItems>[0]) => sweepOwnItems(input));
