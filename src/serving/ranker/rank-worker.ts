import { parentPort, workerData } from "node:worker_threads";
import { loadIds, readItemTexts } from "../../data/catalogue-file.js";
import { indexedColumns } from "../../data/request-columns.js";
import { MmdinError } from "../../errors.js";
import { Builder } from "../../nn/builder.js";
import { packError } from "../../runtime/job.js";
import { keptShift } from "../../training/run-calibration.js";
import { type OpenedRun, openRun } from "../../training/run-folder.js";
import { RequestScorer } from "../request-scorer.js";
import type { FromWorker, OpenedParts, Task, ToWorker, Work, WorkAnswer, WorkerSetup } from "./work.js";

/** A run opened in a thread of its own: does one piece of work after the other. */
const setup = workerData as WorkerSetup;
const port = parentPort!;
const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

const opened = openSafely();
/** All that was asked before. */
let turn: Promise<unknown> = opened;

port.on("message", ({ tasks }: ToWorker) => {
  for (const task of tasks) turn = turn.then(() => doTask(task));
});

async function open(): Promise<(work: Work) => Promise<WorkAnswer>> {
  const { threads, device } = setup;
  const run = openRun(setup.run, { catalogue: setup.catalogue ?? undefined });
  const { catalogue, model, weights, calibration, manifest } = run;
  if (setup.created !== null && manifest.created !== setup.created) {
    throw new MmdinError("FORMAT", "another run has taken the place of this one", {
      where: setup.run,
      expected: `the run made at ${setup.created}`,
      got: `one made at ${manifest.created}`,
      fix: "Let the server take the new run over (swap), or start it again.",
    });
  }
  const shift = keptShift(catalogue, { split: "request" });
  const scorer = await RequestScorer.create(model, weights, { catalogue, threads, device, calibration, shift });
  post({ ready: setup.catalogue === null ? partsOf(run) : null });
  return ({ request }) => scorer.score(indexedColumns(request, { catalogue }));
}

async function openSafely(): Promise<((work: Work) => Promise<WorkAnswer>) | undefined> {
  try {
    return await open();
  } catch (error) {
    post({ failed: packError(error) });
    return undefined;
  }
}

async function doTask({ id, expires, work }: Task): Promise<void> {
  if (Date.now() > expires) return post({ id, late: true });
  try {
    const answer = await (await opened)!(work);
    post({ id, answer }, answer.buffer instanceof ArrayBuffer ? [answer.buffer] : []);
  } catch (error) {
    post({ id, error: packError(error) });
  }
}

function partsOf({ manifest, catalogue, model }: OpenedRun): OpenedParts {
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
    heads: attention?.heads ?? [],
    gates: gates?.modalities ?? [],
  };
}
