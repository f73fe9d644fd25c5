import { parentPort, workerData } from "node:worker_threads";
import { loadIds, readItemTexts } from "../../data/catalogue-file.js";
import { MmdinError } from "../../errors.js";
import { Builder } from "../../nn/builder.js";
import { packError } from "../../runtime/job.js";
import { lowerPriority } from "../../runtime/lower-priority.js";
import { type OpenedRun, openRun } from "../../training/run-folder.js";
import { RunDesk } from "./run-desk.js";
import {
  type CatalogueUpdate,
  type FromWorker,
  isLong,
  type ObservedEvents,
  type OpenedParts,
  type Task,
  type ToWorker,
  type WorkerSetup,
} from "./work.js";

/** A run opened in a thread of its own: does one piece of work after the other. */
const setup = workerData as WorkerSetup;
const port = parentPort!;
const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

lowerPriority();
const opened = openSafely();
/** All that was asked before, of short work and of long. */
const turns = { short: opened as Promise<unknown>, long: opened as Promise<unknown> };

let ending = false;

port.on("message", (message: ToWorker) => {
  if ("end" in message) {
    if (message.end === "now") throw new Error("the thread was told to die");
    ending = true;
    void Promise.allSettled([turns.short, turns.long]).then(() => process.exit());
  } else if ("tasks" in message) {
    const [scores, others] = [message.tasks.filter(isScore), message.tasks.filter((task) => !isScore(task))];
    if (scores.length > 0) turns.short = turns.short.then(() => scoreTogether(scores));
    for (const task of others) {
      const lane = isLong(task.work) ? "long" : "short";
      turns[lane] = turns[lane].then(() => doTask(task));
    }
  } else turns.short = turns.short.then(() => takeOver(message));
});

async function openSafely(): Promise<RunDesk | undefined> {
  try {
    const run = openRun(setup.run, { catalogue: setup.catalogue ?? undefined });
    checkSame(run);
    const desk = await RunDesk.open(run, setup);
    post({ ready: setup.catalogue === null ? partsOf(run, desk) : null });
    return desk;
  } catch (error) {
    post({ failed: packError(error) });
    return undefined;
  }
}

/** A worker that takes the place of another serves the same run, whatever is in the folder now. */
function checkSame({ manifest }: OpenedRun): void {
  if (setup.created === null || manifest.created === setup.created) return;
  throw new MmdinError("FORMAT", "another run has taken the place of this one", {
    where: setup.run,
    expected: `the run made at ${setup.created}`,
    got: `one made at ${manifest.created}`,
    fix: "Let the server take the new run over (swap), or start it again.",
  });
}

type ScoreTask = Task & { work: { kind: "score" } };
function isScore(task: Task): task is ScoreTask {
  return task.work.kind === "score";
}

/** Where one of them fails, each is tried alone: the others get their answer. */
async function scoreTogether(tasks: readonly ScoreTask[]): Promise<void> {
  const wanted = tasks.filter((task) => !isLate(task));
  for (const task of tasks) if (!wanted.includes(task)) post({ id: task.id, late: true });
  let answers: Float32Array[];
  try {
    answers = await (await opened)!.scoreAll(wanted.map(({ work }) => work.request));
  } catch {
    for (const task of wanted) await doTask(task);
    return;
  }
  for (const [k, { id }] of wanted.entries()) postLogits(id, answers[k]!);
}

function postLogits(id: number, answer: Float32Array): void {
  post({ id, answer }, answer.buffer instanceof ArrayBuffer ? [answer.buffer] : []);
}

const isLate = ({ expires }: Pick<Task, "expires">): boolean => ending || Date.now() > expires;

async function doTask({ id, expires, work }: Task): Promise<void> {
  const late = (): boolean => isLate({ expires });
  if (late()) return post({ id, late: true });
  try {
    const answer = await (await opened)!.do(work, { late });
    if (answer instanceof Float32Array) postLogits(id, answer);
    else post({ id, answer });
  } catch (error) {
    post({ id, error: packError(error) });
  }
}

async function takeOver(message: { update: CatalogueUpdate } | { observed: ObservedEvents }): Promise<void> {
  try {
    const desk = (await opened)!;
    if ("update" in message) await desk.update(message.update);
    else await desk.observe(message.observed);
    if ("update" in message) post({ updated: null });
  } catch (error) {
    post({ updated: packError(error) });
  }
}

function partsOf({ manifest, catalogue, model }: OpenedRun, { warnings }: RunDesk): OpenedParts {
  const { attention, gates } = model.forward(new Builder({ training: false }), { catalogue });
  const { titles, pictures } = readItemTexts(catalogue);
  const readsUsers = catalogue.users.embed || catalogue.userFeatures.schema.length > 0;
  return {
    manifest,
    catalogue,
    itemIds: loadIds(catalogue, "items"),
    userIds: readsUsers ? loadIds(catalogue, "users") : null,
    titles,
    pictures,
    history: model.history,
    warnings: [...warnings],
    heads: attention?.heads ?? [],
    gates: gates?.modalities ?? [],
  };
}
