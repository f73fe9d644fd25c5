import { type CompareOptions, type ComparisonDone, compareArranged } from "./compare/compare.js";

export type AblateOptions = Omit<CompareOptions, "models" | "lines">;

interface Part {
  name: string;
  set: string[];
}

const off = (...names: string[]): string[] => names.map((name) => `options.${name}`);

/** mmdin with ids alone and one attention head: the lowest rung. Everything that a later rung brings is off. */
const BOTTOM: Part = {
  name: "ids",
  set: off(
    "modalities=ids",
    "heads.perModality=0",
    "heads.joined=1",
    "heads.over=ids",
    "tiers.bins=0",
    "gates=false",
    "cross.layers=0",
    "products=false",
  ),
};

/** What each rung adds to the one below it. */
const RUNGS: Part[] = [
  { name: "+ modalities in the MLP", set: off("modalities=all") },
  { name: "+ modalities in attention", set: off("heads.over=all") },
  { name: "+ a head per modality", set: off("heads.perModality=1") },
  { name: "+ several heads", set: off("heads.perModality=2", "heads.joined=2") },
  { name: "+ similarity tiers", set: off("tiers.bins=20") },
  { name: "+ gates", set: off("gates=true") },
  { name: "+ cross layers", set: off("cross.layers=2") },
  { name: "+ products", set: off("products=true") },
];

/** Parts taken away from the whole, one at a time. */
const WITHOUT: Part[] = [
  { name: "whole less modalities", set: off("modalities=ids") },
  { name: "whole less modalities in attention", set: off("heads.over=ids", "heads.perModality=0") },
  { name: "whole less attention", set: off("heads.perModality=0", "heads.joined=0") },
  { name: "whole less the heads per modality", set: off("heads.perModality=0") },
  { name: "whole less the joined heads", set: off("heads.joined=0") },
  { name: "whole less several heads", set: off("heads.perModality=1", "heads.joined=1") },
  { name: "whole less similarity tiers", set: off("tiers.bins=0") },
  { name: "whole less gates", set: off("gates=false") },
  { name: "whole less cross layers", set: off("cross.layers=0") },
  { name: "whole less the products", set: off("products=false") },
  { name: "whole less the MLP", set: off("mlp.units=[]") },
  { name: "whole less behaviour", set: off("behaviour=false") },
  { name: "whole less ages", set: off("age=false") },
  { name: "whole less statistics", set: off("statistics=false") },
];

/** The lines of an ablation: the rungs of the ladder, the last one the whole, then the whole less each part. */
export function ablationLines(): { name: string; model: string; set: string[] }[] {
  const rungs = [BOTTOM];
  for (const { name, set } of RUNGS) rungs.push({ name, set: [...rungs.at(-1)!.set, ...set] });
  const whole = rungs.at(-1)!;
  const without = WITHOUT.map(({ name, set }) => ({ name, set: [...whole.set, ...set] }));
  return [...rungs, ...without].map((line) => ({ ...line, model: "mmdin" }));
}

/**
 * What each part of `mmdin` is worth on a dataset: a ladder that adds one part after the other, from ids with one attention head to
 * everything, and everything less each part. Each rung is compared with the one below it, each removal with the whole.
 *
 * The whole has more than mmdin's defaults (two heads each, similarity tiers): a part that is worth nothing here is off by default.
 *
 * @throws what `compare` throws.
 * @example
 * const { report } = await ablate({ data: "data/shop", out: "reports/parts", seeds: [1, 2, 3] });
 */
export async function ablate(options: AblateOptions): Promise<ComparisonDone> {
  const lines = ablationLines();
  const whole = RUNGS.length;
  const steps = RUNGS.map((_, rung) => [rung + 1, rung] as const);
  const removals = WITHOUT.map((_, part) => [whole + 1 + part, whole] as const);
  return compareArranged(
    { ...options, models: [], lines },
    { kind: "ablate", title: "What each part of mmdin is worth", pairs: [...steps, ...removals], reference: whole },
  );
}
