import type { FeatureValue } from "../../../src/contract.js";
import { useModel } from "./model-context.js";
import { server } from "./server.js";
import { useAnswer } from "./use-answer.js";

type Features = Readonly<Record<string, FeatureValue>>;

/** People whose histories are looked at. */
const PEOPLE = 5;

const NONE: ReadonlyMap<0 | 1, Features> = new Map();

/**
 * What a step usually carries, by its label: the most frequent value of each feature in the histories of a few people. A click in the
 * shop window then looks to the model as a click in its data does. Empty where the data has no features.
 */
export function useUsualFeatures(): ReadonlyMap<0 | 1, Features> {
  const { features, run } = useModel();
  const { value } = useAnswer(features.length === 0 ? null : `usual ${run}`, () => usualOf(run));
  return value ?? NONE;
}

let kept: { run: string; usual: Promise<ReadonlyMap<0 | 1, Features>> } | undefined;

/** Found once for each run. */
function usualOf(run: string): Promise<ReadonlyMap<0 | 1, Features>> {
  if (kept?.run === run) return kept.usual;
  const usual = findUsual();
  kept = { run, usual };
  usual.catch(() => {
    kept = undefined; // tried again by the next page; the one that asked is told
  });
  return usual;
}

async function findUsual(): Promise<ReadonlyMap<0 | 1, Features>> {
  const people = await server.users({ limit: PEOPLE });
  const histories = await Promise.all(people.map((user) => server.history(user)));
  const counts = new Map<0 | 1, Map<string, Map<string, number>>>();
  for (const { label, features = {} } of histories.flatMap((found) => found?.history ?? [])) {
    if (label === undefined) continue;
    const ofLabel = counts.get(label) ?? new Map<string, Map<string, number>>();
    counts.set(label, ofLabel);
    for (const [name, value] of Object.entries(features)) {
      const text = JSON.stringify(value);
      const ofName = ofLabel.get(name) ?? new Map<string, number>();
      ofLabel.set(name, ofName.set(text, (ofName.get(text) ?? 0) + 1));
    }
  }
  const usual = new Map<0 | 1, Features>();
  for (const [label, names] of counts)
    usual.set(label, Object.fromEntries([...names].map(([name, values]) => [name, JSON.parse(mostFrequent(values))])));
  return usual;
}

function mostFrequent(values: ReadonlyMap<string, number>): string {
  return [...values].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}
