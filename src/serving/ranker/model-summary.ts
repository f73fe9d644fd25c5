import type { ModelSummary } from "../../api/contract.js";
import type { FeatureSchema, ModalityColumn } from "../../data/columns.js";
import type { ServedRun } from "./served-run.js";

/** What is served. */
export function modelSummary(run: ServedRun): ModelSummary {
  const { manifest, catalogue, heads, gates, ids } = run;
  const count = ids.items.ids.length - 1;
  return {
    run: run.name,
    name: manifest.model,
    created: manifest.created,
    parameters: manifest.parameters,
    dataset: { name: manifest.dataset.name, hash: manifest.dataset.hash },
    items: { count, trained: catalogue.items.trained, added: count - run.ownItems },
    users: catalogue.users.count - 1,
    modalities: [{ name: "id", kind: "id" }, ...catalogue.modalities.map(modalityOf)],
    features: catalogue.eventFeatures.map(featureOf),
    context: catalogue.context.map(featureOf),
    historyLength: catalogue.history.length,
    clock: catalogue.history.clock,
    label: catalogue.label,
    lastTime: catalogue.lastTime,
    heads: [...heads],
    gates: [...gates],
  };
}

function modalityOf(column: ModalityColumn): ModelSummary["modalities"][number] {
  const { name, kind } = column;
  if (kind === "category") return { name, kind, values: [...column.vocabulary] };
  return kind === "vector" ? { name, kind, dimension: column.dimension } : { name, kind };
}

function featureOf(schema: FeatureSchema): ModelSummary["features"][number] {
  const { name, kind } = schema;
  return kind === "category" ? { name, kind, values: [...schema.vocabulary] } : { name, kind };
}
