import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { ModelSummary } from "../../api/contract.js";
import type { ProblemCode } from "../../api/problem.js";
import type { RankerObserver, RankerStatus } from "../ranker-contract.js";

/** Seconds: from a lookup in memory to the longest deadline that makes sense. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * What `/metrics` tells. Labels are names of the code (routes, stages, codes), never anything that a request carries: the number of
 * series is bounded.
 */
export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #registers = [this.#registry];
  readonly #requests = new Counter({
    name: "mmdin_http_requests_total",
    help: "Requests answered.",
    labelNames: ["method", "route", "status"] as const,
    registers: this.#registers,
  });
  readonly #requestSeconds = new Histogram({
    name: "mmdin_http_request_seconds",
    help: "From the head of a request to the end of its answer.",
    labelNames: ["route"] as const,
    buckets: SECONDS,
    registers: this.#registers,
  });
  readonly #problems = new Counter({
    name: "mmdin_problems_total",
    help: "Problem documents answered.",
    labelNames: ["code"] as const,
    registers: this.#registers,
  });
  readonly #stageSeconds = new Histogram({
    name: "mmdin_stage_seconds",
    help: "Stages of a question: state (the store), queue, candidates, score, explain, total.",
    labelNames: ["stage"] as const,
    buckets: [0.0001, 0.0005, ...SECONDS],
    registers: this.#registers,
  });
  readonly #batch = new Histogram({
    name: "mmdin_batch_questions",
    help: "Questions that a worker took together.",
    buckets: [1, 2, 4, 8, 16, 32, 64],
    registers: this.#registers,
  });
  readonly #cache = new Counter({
    name: "mmdin_cache_lookups_total",
    help: "Lookups in memory.",
    labelNames: ["cache", "result"] as const,
    registers: this.#registers,
  });
  readonly #storeFailures = new Counter({
    name: "mmdin_store_failures_total",
    help: "Calls of the store that failed.",
    registers: this.#registers,
  });
  readonly #restarts = new Counter({
    name: "mmdin_worker_restarts_total",
    help: "Workers that ended and were started again.",
    registers: this.#registers,
  });
  readonly #model = new Gauge({
    name: "mmdin_model_info",
    help: "1, with the model that is served.",
    labelNames: ["name", "created"] as const,
    registers: this.#registers,
  });

  /** @param status how the ranker is when somebody asks; undefined while there is none. */
  constructor(status: () => RankerStatus | undefined) {
    collectDefaultMetrics({ register: this.#registry });
    const gauge = (name: string, help: string, read: (status: RankerStatus) => number): void => {
      new Gauge({
        name,
        help,
        registers: this.#registers,
        collect() {
          const now = status();
          this.set(now === undefined ? 0 : read(now));
        },
      });
    };
    gauge("mmdin_ready", "1 while questions are answered.", ({ ready }) => Number(ready));
    gauge("mmdin_store_answers", "1 while the store answers.", ({ storeProblem }) => Number(storeProblem === null));
    gauge("mmdin_queue_waiting", "Questions that wait for a worker.", ({ queue }) => queue.waiting);
    gauge("mmdin_queue_most", "Questions that may wait.", ({ queue }) => queue.most);
    gauge("mmdin_workers_ready", "Workers that score.", ({ workers }) => workers.ready);
    gauge("mmdin_workers_wanted", "Workers that shall score.", ({ workers }) => workers.wanted);
  }

  /** What the ranker tells as it works. */
  readonly observer: RankerObserver = {
    stage: (stage, milliseconds) => this.#stageSeconds.observe({ stage }, milliseconds / 1000),
    batch: (questions) => this.#batch.observe(questions),
    workerRestarted: () => this.#restarts.inc(),
    cache: (name, hit) => this.#cache.inc({ cache: name, result: hit ? "hit" : "miss" }),
    storeFailed: () => this.#storeFailures.inc(),
  };

  answered(request: { method: string; route: string; status: number; milliseconds: number }): void {
    const { method, route, status, milliseconds } = request;
    this.#requests.inc({ method, route, status });
    this.#requestSeconds.observe({ route }, milliseconds / 1000);
  }

  problem(code: ProblemCode): void {
    this.#problems.inc({ code });
  }

  serves({ name, created }: ModelSummary): void {
    this.#model.reset();
    this.#model.set({ name, created }, 1);
  }

  get type(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
