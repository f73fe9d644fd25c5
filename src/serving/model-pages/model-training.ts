import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ModelTraining, ValidationPoint } from "../../api/training-contract.js";
import { openCatalogue } from "../../data/index.js";
import { MmdinError } from "../../errors.js";
import { type RunManifest, readRunManifest, type Validation } from "../../training/index.js";
import { itemFields } from "./item-fields.js";

/**
 * What a run says of its training: its manifest, and the validations of its log.
 *
 * @throws MmdinError FORMAT on a run, or a log, that cannot be read.
 */
export function modelTraining(run: string): ModelTraining {
  const manifest = readRunManifest(run);
  const { model, created, state, dataset, versions, threads, device, parameters, config, best, calibration } = manifest;
  const { options, ...common } = config;
  return {
    run,
    model,
    created,
    state,
    dataset: { name: dataset.name, hash: dataset.hash },
    versions,
    threads,
    device,
    parameters,
    options: { ...common, options },
    result: resultOf(manifest),
    best: best && pointOf({ ...best, best: true }),
    calibration: calibration && {
      kind: calibration.kind,
      before: calibration.validation.before,
      after: calibration.validation.after,
    },
    validations: readValidations(join(run, "log.jsonl")),
    itemFields: itemFields(openCatalogue(join(run, manifest.catalogue)).itemSource),
  };
}

function resultOf({ result }: RunManifest): ModelTraining["result"] {
  if (result === null) return null;
  const { stopped, epochs, steps, seconds, rowsPerSecond } = result;
  return { stopped, epochs, steps, seconds, rowsPerSecond };
}

/** A validation as pages show it: a loss that is no number (a model that counts has none) is null. */
export function pointOf(validation: Omit<Validation, "seconds">): ValidationPoint {
  const { epoch, step, loss, logLoss, auc, gauc, learningRate, best } = validation;
  return { epoch, step, loss: Number.isFinite(loss) ? loss : null, logLoss, auc, gauc, learningRate, best };
}

/** A last line that is cut short is one that is being written. */
function readValidations(path: string): ValidationPoint[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.slice(0, -1).flatMap((line, at) => {
    const entry = parseLine(line, { path, at });
    return entry.kind === "validation" ? [pointOf(entry)] : [];
  });
}

function parseLine(line: string, { path, at }: { path: string; at: number }): Validation & { kind: string } {
  try {
    const entry = JSON.parse(line) as Validation & { kind: string };
    return { ...entry, loss: entry.loss ?? Number.NaN };
  } catch (cause) {
    throw new MmdinError("FORMAT", "the log of the run is damaged: a line is no JSON", {
      where: `${path}:${at + 1}`,
      cause,
    });
  }
}
