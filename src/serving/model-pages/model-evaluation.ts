import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { MeasuredModel, ModelEvaluation } from "../../api/training-contract.js";
import type { ProgressUpdate } from "../../contract.js";
import { MmdinError } from "../../errors.js";
import { runJob } from "../../runtime/job.js";
import { readRunManifest } from "../../training/index.js";
import type { MeasureJob } from "./measure-job.js";

export interface EvaluationOptions {
  /** Dataset of the run; default: where it was when the run was trained. */
  data?: string | undefined;
  /** Threads that measure; default 1: the others answer requests. */
  threads?: number | undefined;
}

/** Without places: messages over HTTP name no folder of the machine. */
function reasonOf(error: unknown): string {
  return error instanceof MmdinError ? error.problem : "Measuring failed. `mmdin evaluate` on the same run tells more.";
}

/** Measures a run on the test slice of its dataset, once for each run, in a thread of its own, when it is first asked for. */
export class ModelEvaluations {
  readonly #options: EvaluationOptions;
  readonly #states = new Map<string, ModelEvaluation>();

  constructor(options: EvaluationOptions = {}) {
    this.#options = options;
  }

  /** What is known of a run's evaluation by now; the first call starts it. */
  of(run: string): ModelEvaluation {
    const { created, dataset } = readRunManifest(run);
    const key = `${run} ${created}`; // a run that was trained anew in the same folder is another one
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const data = this.#options.data ?? dataset.directory;
    if (!existsSync(data)) {
      const reason = "The dataset that it was trained on is not here. Say where it is: `mmdin serve --data DIR`.";
      return { state: "missing", reason };
    }
    this.#states.set(key, { state: "measuring", done: 0, total: null });
    void this.#measure(run, { data, key });
    return { state: "measuring", done: 0, total: null };
  }

  async #measure(run: string, { data, key }: { data: string; key: string }): Promise<void> {
    const job: MeasureJob = { run: resolve(run), data: resolve(data), threads: this.#options.threads ?? 1 };
    try {
      const measured = await runJob<MeasuredModel, ProgressUpdate>("measure-worker", {
        base: import.meta.url,
        data: job,
        onUpdate: ({ done, total = null }) => this.#states.set(key, { state: "measuring", done, total }),
      });
      this.#states.set(key, { state: "measured", measured });
    } catch (error) {
      // Said to everybody who asks: what failed once fails again until the server is started anew.
      this.#states.set(key, { state: "missing", reason: reasonOf(error) });
    }
  }
}
