import type { RunCalibration, TrainSummary, Validation } from "../training/index.js";
import { count, decimal, duration, plural, size } from "./format.js";
import { renderTable } from "./table.js";

/** One line of what a validation found, for the person who watches. */
export function renderValidation({ epoch, step, loss, logLoss, auc, gauc, best }: Validation): string {
  const parts = [
    `training loss ${decimal(loss)}`,
    `log-loss ${decimal(logLoss)}`,
    `AUC ${decimal(auc)}`,
    `gAUC ${decimal(gauc)}`,
  ];
  return `epoch ${epoch}, step ${count(step)}: ${parts.join(", ")}${best ? " (best so far)" : ""}`;
}

/** What `mmdin train` prints: the best validation, how training ended, how fast it was, where the run is. */
export function renderTraining({ run, model, dataset, parameters, best, calibration, result }: TrainSummary): string {
  const lines = [`${model} on ${dataset.name}: ${count(parameters)} weights`];
  if (best !== null) {
    const place = best.epoch > 0 ? `epoch ${best.epoch}, step ${count(best.step)}` : "";
    const titles = ["best validation", "log-loss", "AUC", "gAUC"];
    lines.push(renderTable(titles, [[place, decimal(best.logLoss), decimal(best.auc), decimal(best.gauc)]]));
  }
  if (calibration !== null) lines.push(renderCalibration(calibration));
  if (result !== null) {
    const { rowsPerSecond, peakMemory } = result;
    const parts = [
      renderEnding(result),
      ...(rowsPerSecond === null ? [] : [`${count(rowsPerSecond)} rows/s`]),
      `at most ${size(peakMemory)} of memory`,
    ];
    lines.push(parts.join(", "));
  }
  return [...lines, run].join("\n");
}

/** How a training ended: "ended after the last epoch, 47 steps in 1 epoch, 12 s". */
export function renderEnding({ stopped, epochs, steps, seconds }: NonNullable<TrainSummary["result"]>): string {
  const counted = steps > 0 ? [`${plural(steps, "step")} in ${plural(epochs, "epoch")}`] : [];
  return [ENDINGS[stopped], ...counted, duration(seconds)].join(", ");
}

/** What was chosen, and what each kind does to people that it was not fitted on. */
export function renderCalibration({ kind, asked, validation }: RunCalibration): string {
  const { before, after, trials } = validation;
  const chosen = `calibration: ${kind}${asked === "auto" ? " (auto)" : ""}`;
  if (before === null) return `${chosen}, ECE ${decimal(after.ece)} on validation`;
  const line = `${chosen}, ECE on validation ${decimal(before.ece)} -> ${decimal(after.ece)}`;
  if (trials.length === 0) return `${line}; too few people or labels to compare kinds`;
  return `${line}; log-loss on rows held out of it ${trials.map((t) => `${t.kind} ${decimal(t.logLoss)}`).join(", ")}`;
}

const ENDINGS = {
  early: "ended where validation stood still",
  epochs: "ended after the last epoch",
  asked: "ended when asked to",
  counted: "counted, nothing to learn by steps",
};
