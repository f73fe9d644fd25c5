import type { Catalogue } from "../data/columns.js";
import type { OpenedRun } from "../training/run-folder.js";
import type { BundleInput } from "./bundle-feeds.js";
import type { BundleOutput } from "./export-graph.js";

/** What an input of model.onnx holds, for people, in a cell of a table. */
export function describeInput({ holds, feature, kind }: BundleInput, catalogue: Catalogue): string {
  const unit = catalogue.history.clock === "time" ? "seconds since 1970 (UTC)" : "positions";
  const value =
    kind === "category"
      ? "code of a category: 0 missing, 1 unknown, then its values"
      : "a number as it is, NaN where missing";
  switch (holds) {
    case "candidates":
      return "indices of the items to score; 0, and anything below, is an item of which nothing is known";
    case "history":
      return `indices of the person's past items, at most the last ${catalogue.history.length}; 0 is an unknown item, -1 no step`;
    case "historyTime":
      return `when each step happened, ${unit}; NaN where that is not known`;
    case "time":
      return `the moment of asking, ${unit}; with the line above it gives the ages of the steps`;
    case "historyFeature":
      return `${feature} of each step: ${value}`;
    case "user":
      return "index of the person; 0 is an unknown one";
    case "contextFeature":
      return `${feature} at the moment of asking: ${value}`;
    case "userCounters":
      return "counters of the person, see Statistics";
    case "itemCounters":
      return "counters of each candidate, see Statistics; -1 everywhere takes those in the model";
  }
}

/** The same of an output. */
export function describeOutput({ name, names = [] }: BundleOutput, { catalogue, calibration }: OpenedRun): string {
  const list = names.map((name) => `\`${name}\``).join(", ");
  switch (name) {
    case "probability":
      return "of the person wanting the item now, 1 / (1 + exp(-logit))";
    case "logit": {
      const kept = catalogue.negativesKept < 1 ? ", and corrected for the negatives that training left out" : "";
      return calibration.kind === "none"
        ? `as the model gives it (its calibration found nothing to change)${kept}`
        : `calibrated (${calibration.kind})${kept}`;
    }
    case "attention":
      return `weight of each step in each attention head, 0 where there is no step; heads: ${list}`;
    case "gates":
      return `how much each modality of the candidate is listened to, 1 on average; modalities: ${list}`;
  }
}
