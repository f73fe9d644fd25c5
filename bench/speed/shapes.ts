import type { ConfiguredModel } from "../../src/models/registry.js";
import { findModel } from "../../src/models/registry.js";
import type { PeerModel } from "./peer-folder.js";
import type { LogShape } from "./simulated-log.js";

/** A shape of log and network that a step is timed at. */
export interface StepShape {
  name: string;
  says: string;
  log: Omit<LogShape, "rows">;
  network: Network;
}
interface Network {
  model: "mmdin" | "din";
  dimension: number;
  heads: number;
  hidden: number;
  mlp: number[];
}

const FULL: StepShape["log"] = {
  items: 100_000,
  popularity: "zipf",
  length: 50,
  lengths: "full",
  categories: 1000,
  vectors: [128, 128],
};
const RAGGED = { length: 100, lengths: { mean: 9 } } as const;
/** 4 modalities of 32 joined to 128, 4 attention heads of 64 hidden units over the join. */
const MMDIN: Network = { model: "mmdin", dimension: 32, heads: 4, hidden: 64, mlp: [256, 128] };
/** The ids alone, one unit. */
const DIN: Network = { ...MMDIN, model: "din", heads: 1 };

export const SHAPES: readonly StepShape[] = [
  { name: "full", says: "T = 50 all full, 100,000 items by Zipf(1)", log: FULL, network: MMDIN },
  { name: "uniform", says: "full with all items alike", log: { ...FULL, popularity: "uniform" }, network: MMDIN },
  { name: "ragged", says: "lengths geometric of mean 9, at most 100", log: { ...FULL, ...RAGGED }, network: MMDIN },
  { name: "wide", says: "full with 1,000,000 items", log: { ...FULL, items: 1_000_000 }, network: MMDIN },
  { name: "din", says: "ids alone, one unit of 64, T = 50 all full", log: idsOf(FULL), network: DIN },
  { name: "din-vectors", says: "din with the category and two frozen vectors", log: FULL, network: DIN },
  {
    name: "din-ragged",
    says: "din, lengths geometric of mean 9, at most 100",
    log: idsOf({ ...FULL, ...RAGGED }),
    network: DIN,
  },
];

function idsOf({ categories: _, vectors: __, ...log }: StepShape["log"]): StepShape["log"] {
  return log;
}

/** The network in our own options: no part that the peer has not, PReLU everywhere. */
export function configure({ model, dimension, heads, hidden, mlp }: Network): ConfiguredModel {
  const attention = { hidden: [hidden], activation: "prelu", weights: "linear", pool: "sum" };
  const common = {
    dimension,
    age: false,
    behaviour: false,
    statistics: false,
    modalities: "all",
    attention,
    mlp: { units: mlp, activation: "prelu", dropout: 0 },
  };
  if (model === "din") return findModel("din").configure({ ...common, history: "all" });
  return findModel("mmdin").configure({
    ...common,
    heads: { perModality: 0, joined: heads },
    products: false,
    gates: false,
    cross: { layers: 0 },
  });
}

export function peerModel({ model, dimension, heads, hidden, mlp }: Network): PeerModel {
  const names = heads === 1 ? ["all"] : Array.from({ length: heads }, (_, h) => `all${h + 1}`);
  return { model, dimension, heads: names, attentionHidden: [hidden], mlp };
}

/** Adam as everybody starts with it. */
export const OPTIMIZER = {
  learningRate: 1e-3,
  weightDecay: 0,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  clipNorm: null,
  embeddingDecay: 0,
};
