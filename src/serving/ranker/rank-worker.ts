import { parentPort, workerData } from "node:worker_threads";
import { loadIds, readItemTexts } from "../../data/catalogue-file.js";
import type { IndexedRequest } from "../../data/indexed-request.js";
import { indexedColumns } from "../../data/request-columns.js";
import { MmdinError } from "../../errors.js";
import { Builder } from "../../nn/builder.js";
import { packError } from "../../runtime/job.js";
import { keptShift } from "../../training/run-calibration.js";
import { type OpenedRun, openRun } from "../../training/run-folder.js";
import type { Weights } from "../../training/weights.js";
import { explainRequest } from "../explanation/explain-request.js";
import { Explainer } from "../explanation/explainer.js";
import { RequestScorer } from "../request-scorer.js";
import {
  type CatalogueUpdate,
  type FromWorker,
  isLong,
  type OpenedParts,
  type Task,
  type ToWorker,
  type Work,
  type WorkAnswers,
  type WorkerSetup,
} from "./work.js";

/** A run opened in a thread of its own: does one piece of work after the other. */
const setup = workerData as WorkerSetup;
const port = parentPort!;
const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

type Desk = { [K in Work["kind"]]: (work: Extract<Work, { kind: K }>, expires: number) => Promise<WorkAnswers[K]> } & {
  update(update: CatalogueUpdate): Promise<void>;
};

const opened = openSafely();
/** All that was asked before, of short work and of long. */
const turns = { short: opened as Promise<unknown>, long: opened as Promise<unknown> };

port.on("message", (message: ToWorker) => {
  if ("update" in message) {
    turns.short = turns.short.then(() => doUpdate(message.update));
    return;
  }
  for (const task of message.tasks) {
    const lane = isLong(task.work) ? "long" : "short";
    turns[lane] = turns[lane].then(() => doTask(task));
  }
});

async function open(): Promise<Desk> {
  const { threads, device } = setup;
  const run = openRun(setup.run, { catalogue: setup.catalogue ?? undefined });
  const { model, calibration, manifest } = run;
  let { catalogue } = run;
  if (setup.created !== null && manifest.created !== setup.created) {
    throw new MmdinError("FORMAT", "another run has taken the place of this one", {
      where: setup.run,
      expected: `the run made at ${setup.created}`,
      got: `one made at ${manifest.created}`,
      fix: "Let the server take the new run over (swap), or start it again.",
    });
  }
  let read: Weights | undefined;
  const weights = (builder: Builder): Weights => {
    read ??= run.weights(builder);
    return read;
  };
  const shift = keptShift(catalogue, { split: "request" });
  const options = { catalogue, threads, device, calibration, shift };
  const scorer = await RequestScorer.create(model, weights, options);
  post({ ready: setup.catalogue === null ? partsOf(run) : null });
  let explainer: Promise<Explainer> | undefined;
  const columnsOf = (request: IndexedRequest) => indexedColumns(request, { catalogue, history: model.history });
  return {
    score: ({ request }) => scorer.score(columnsOf(request)),
    async explain({ request, titles }, expires) {
      explainer ??= Explainer.create(model, weights, options);
      const steps = request.history.map(({ id, time, label }) => ({
        item: id,
        ...(Number.isNaN(time) ? {} : { time }),
        ...(label !== null && { label }),
      }));
      const titleOf = (item: number): string | null => titles.get(item) ?? null;
      return explainRequest(await explainer, columnsOf(request), { steps, titleOf, late: () => Date.now() > expires });
    },
    async update({ catalogue: next, items }) {
      await scorer.extend(next, items);
      catalogue = next;
    },
  };
}

async function openSafely(): Promise<Desk | undefined> {
  try {
    return await open();
  } catch (error) {
    post({ failed: packError(error) });
    return undefined;
  }
}

async function doUpdate(update: CatalogueUpdate): Promise<void> {
  try {
    await (await opened)!.update(update);
    post({ updated: null });
  } catch (error) {
    post({ updated: packError(error) });
  }
}

async function doTask({ id, expires, work }: Task): Promise<void> {
  if (Date.now() > expires) return post({ id, late: true });
  try {
    const desk = (await opened)!;
    const answer = await (work.kind === "score" ? desk.score(work, expires) : desk.explain(work, expires));
    const { buffer } = answer instanceof Float32Array ? answer : { buffer: null };
    post({ id, answer }, buffer instanceof ArrayBuffer ? [buffer] : []);
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
