import { extname } from "node:path";
import { Worker, type WorkerOptions } from "node:worker_threads";
import { withoutTelemetry } from "./without-telemetry.js";

/**
 * Starts the worker file `name` that lies beside the module `base` (`import.meta.url`): compiled modules start compiled
 * workers, sources start sources (there a loader for TypeScript must be present, as it is in tests).
 */
export function spawnWorker(name: string, { base, ...options }: { base: string } & WorkerOptions): Worker {
  withoutTelemetry();
  return new Worker(new URL(`./${name}${extname(new URL(base).pathname)}`, base), options);
}
