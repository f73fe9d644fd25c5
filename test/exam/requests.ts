import type { HistoryStep, RankRequest } from "../../src/contract.js";
import { type Dataset, loadIds, type ModalityColumn, UNKNOWN_CODE } from "../../src/data/index.js";
import { BARE_PERSON, BARE_THING, NOVEL_PERSON, NOVEL_THING } from "./toy-world.js";

/** Requests on the toy world whose parts are all known, all missing, or all unknown. */
export interface RequestKinds {
  /** A person, things, steps and a context of which everything is known. */
  known: RankRequest;
  /** Nobody in particular, steps without time or features, things never seen, no context. */
  missing: RankRequest;
  /** Categories with values that training has not seen. */
  unknown: RankRequest;
  /** Two candidates of which nothing is known: one never seen, one that was shown after training and has no modality. */
  strangers: RankRequest;
  /** The same request with an empty history by people of whom nothing is known. */
  nobody: RankRequest[];
}

const COUNTERS = { count: 9, positives: 5, means: { stars: { count: 8, sum: 27 } } };

export function requestsOfKinds(dataset: Dataset): RequestKinds {
  const items = knownItems(dataset);
  const time = dataset.catalogue.lastTime;
  const steps: HistoryStep[] = items.slice(0, 7).map((item, i) => ({
    item,
    time: time - 500 * 3 ** i,
    label: i % 3 === 0 ? 0 : 1,
    features: { stars: String(1 + ((2 * i) % 5)), dwell: 4 + 11 * i },
  }));
  const candidates = items.slice(4, 9);
  const context = { device: "tablet", hour: 17 };
  const statistics = { user: COUNTERS, items: Object.fromEntries(candidates.map((item) => [item, COUNTERS])) };
  const known = { user: knownPerson(dataset), time, context, history: steps, candidates, statistics };
  const bare = steps.map(({ item }, i) => ({ item: i % 3 === 1 ? `never seen ${i}` : item }));
  const strangers = ["never seen", BARE_THING];
  return {
    known,
    missing: { history: bare, candidates: [...strangers, ...candidates] },
    unknown: {
      ...known,
      user: NOVEL_PERSON,
      context: { ...context, device: "fridge" },
      history: steps.map((step, i) => ({ ...step, features: { ...step.features, ...(i > 2 && { stars: "eleven" }) } })),
      candidates: [NOVEL_THING, ...candidates],
    },
    strangers: {
      ...known,
      candidates: strangers,
      statistics: { user: COUNTERS, items: Object.fromEntries(strangers.map((item) => [item, COUNTERS])) },
    },
    nobody: [undefined, "never seen", BARE_PERSON].map((user) => ({
      ...(user !== undefined && { user }),
      history: [],
      candidates: [...strangers, ...candidates],
      statistics: { user: COUNTERS },
    })),
  };
}

/** Ids of items of training that have every modality, all of it known. */
function knownItems({ catalogue }: Dataset): string[] {
  const ids = loadIds(catalogue, "items");
  const known = (item: number): boolean => catalogue.modalities.every((column) => isKnown(column, item));
  return ids.slice(0, catalogue.items.trained + 1).filter((_, item) => item > 0 && known(item));
}

function isKnown(column: ModalityColumn, item: number): boolean {
  if (column.kind === "vector") return column.row[item]! >= 0;
  if (column.kind === "number") return !Number.isNaN(column.values[item]!);
  const codes = column.codes.subarray(column.offsets[item]!, column.offsets[item + 1]!);
  return codes.length > 0 && !codes.includes(UNKNOWN_CODE);
}

function knownPerson({ catalogue }: Dataset): string {
  const ids = loadIds(catalogue, "users");
  const known = (user: number): boolean =>
    catalogue.userFeatures.columns.every((column) =>
      column.kind === "number" ? !Number.isNaN(column.values[user]!) : column.codes[user]! > UNKNOWN_CODE,
    );
  return ids.find((_, user) => user > 0 && user <= catalogue.users.trained && known(user))!;
}
