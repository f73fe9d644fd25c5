import type { TrainingState, WatchedRun } from "../../api/training-contract.js";
import type { ProgressUpdate } from "../../contract.js";
import type { Validation } from "../../training/index.js";
import { pointOf } from "../model-pages/model-training.js";

/** Points of a curve; with more, every second one goes. */
const MOST_STEPS = 400;

export interface TrainingLogOptions {
  /** Whether a server with the model comes afterwards. */
  servedNext?: boolean;
  /** Milliseconds; default the clock's. */
  now?: () => number;
}

/** What has happened in a training, put together from what it tells: the state that is shown to whoever looks. */
export class TrainingLog {
  readonly #now: () => number;
  readonly #born: number;
  readonly #changed: () => void;
  #state: TrainingState;

  /** @param changed Called after every change. */
  constructor(changed: () => void, { servedNext = false, now = Date.now }: TrainingLogOptions = {}) {
    this.#changed = changed;
    this.#now = now;
    this.#born = now();
    this.#state = {
      state: "running",
      started: new Date(this.#born).toISOString(),
      second: 0,
      phase: "starting",
      done: 0,
      total: null,
      unit: "",
      runs: [],
      problem: null,
      servedNext,
      run: null,
    };
  }

  get state(): TrainingState {
    const running = this.#state.state === "running";
    return running ? { ...this.#state, second: this.#second() } : this.#state;
  }

  /** A model begins. */
  begin(model: string): void {
    const run: WatchedRun = {
      model,
      state: "running",
      began: this.#second(),
      steps: [],
      validations: [],
      ending: null,
    };
    this.#set({ runs: [...this.#state.runs, run] });
  }

  /** Progress of whatever is under way; a loss and a speed among its values are points of the curves. */
  progress({ phase, done, total, unit = "", values = {} }: ProgressUpdate): void {
    this.#set({ phase, done, total: total ?? null, unit });
    const { loss } = values;
    if (loss === undefined) return;
    const step = { second: this.#second(), loss, rowsPerSecond: values["rows/s"] ?? null };
    this.#change((run) => ({ ...run, steps: thinned([...run.steps, step]) }));
  }

  validation(validation: Validation): void {
    const point = { ...pointOf(validation), second: this.#second() };
    this.#change((run) => ({ ...run, validations: [...run.validations, point] }));
  }

  /** The model that began last has ended: how, in words. */
  end(ending: string): void {
    this.#change((run) => ({ ...run, state: "ended", ending }));
  }

  /** Everything has ended; `run`: the folder of the model to serve. */
  finish({ run = null, problem = null }: { run?: string | null; problem?: string | null } = {}): void {
    this.#set({ state: problem === null ? "ended" : "failed", second: this.#second(), problem, run });
  }

  #second(): number {
    return (this.#now() - this.#born) / 1000;
  }

  #change(next: (run: WatchedRun) => WatchedRun): void {
    const { runs } = this.#state;
    const last = runs.at(-1);
    if (last !== undefined) this.#set({ runs: [...runs.slice(0, -1), next(last)] });
  }

  #set(change: Partial<TrainingState>): void {
    this.#state = { ...this.#state, ...change };
    this.#changed();
  }
}

/** The newest point stays. */
function thinned<T>(points: T[]): T[] {
  return points.length <= MOST_STEPS ? points : points.filter((_, at) => at % 2 === (points.length - 1) % 2);
}
