import type { Catalogue } from "../../src/data/index.js";
import { eachItemsNeighbours } from "../../src/models/item-neighbours.js";
import { RandomStream } from "../../src/random.js";
import { CoVisited } from "../../src/serving/candidates/co-visited.js";
import { poolHistory, weighHistory } from "../../src/serving/candidates/history-weights.js";
import { CandidateFinder, compileCap, diversify, type ItemVectorMaker } from "../../src/serving/candidates/index.js";
import { topItems } from "../../src/serving/candidates/top-items.js";
import { VectorSearch } from "../../src/serving/candidates/vector-search.js";
import { type CoVisits, itemsOfPerson, MOST_PAIRS } from "../../src/training/candidate-tables.js";
import { SHAPES } from "../speed/shapes.js";
import { simulateLog } from "../speed/simulated-log.js";
import { median, quantile } from "../speed/summary.js";

interface Size {
  items: number;
  dimension: number;
  events: number;
  threads: number;
}

/** Times of one question of 50 steps on one catalogue, of its parts, and of counting co-visits of a log. */
export async function measureSpeed({ items, dimension, events, threads }: Size): Promise<void> {
  console.log(`${items} items, vectors of ${dimension}, ${threads} threads; ms, of 200 questions\n`);
  const random = new RandomStream(1, "candidates");
  const skewed = (): number => 1 + Math.floor((items - 1) * random.uniform() ** 3);
  const coVisits = countLog({ items, events, skewed, random });
  const values = Float32Array.from({ length: items * dimension }, () => random.normal() / Math.sqrt(dimension));
  const maker: ItemVectorMaker = {
    of: "frozen",
    modalities: ["vector"],
    dimension,
    make: async (_, wanted) =>
      wanted.length === items
        ? values
        : Float32Array.from({ length: wanted.length * dimension }, (_, k) => {
            return values[wanted[Math.floor(k / dimension)]! * dimension + (k % dimension)]!;
          }),
    close: async () => undefined,
  };
  const catalogue = catalogueOf({ items, skewed });
  const finder = await CandidateFinder.create({
    catalogue,
    vectors: maker,
    tables: { coVisits, popularity: null },
    threads,
  });
  const search = await VectorSearch.create(dimension, { threads });
  search.set(
    Int32Array.from({ length: items }, (_, item) => item),
    values,
  );
  const histories = Array.from({ length: 200 }, () => {
    return { items: Int32Array.from({ length: 50 }, skewed), labels: new Array<1>(50).fill(1) };
  });
  const allows = (): boolean => true;
  const few = (item: number): boolean => item % 1000 === 7;
  const coVisited = new CoVisited(coVisits, items);
  const query = poolHistory(weighHistory(histories[0]!), { dimension, row: (item) => search.row(item) });
  const products = await search.products(query);
  const ranked = Array.from({ length: 500 }, (_, item) => ({ item: item + 1, logit: 2 - item / 100 }));
  const chosen = Int32Array.from(ranked, ({ item }) => item);
  const similarity = await search.pairs(chosen);
  const cap = compileCap({ modality: "brand", most: 8 }, catalogue);
  console.log(`${"".padEnd(40)}    least      p50      p99      CPU`);
  const parts: Record<string, (k: number) => unknown> = {
    "pooling 50 steps": (k) => poolHistory(weighHistory(histories[k]!), { dimension, row: (item) => search.row(item) }),
    "products with all items": () => search.products(query),
    "the best 500 of them": () => topItems(products, { count: 500, above: 0, allows }),
    "the best 500, one item in 1,000 passes": () => topItems(products, { count: 500, allows: few }),
    "co-visited": (k) => coVisited.find(weighHistory(histories[k]!), { count: 500, allows }),
    "all sources": (k) => finder.find({ history: histories[k]!, exclude: new Set(histories[k]!.items) }),
    "all sources, one item in 1,000 passes": (k) =>
      finder.find({ history: histories[k]!, exclude: new Set(histories[k]!.items), allows: few }),
    "cosines of 500 with each other": () => search.pairs(chosen),
    "diversity .3, 100 of 500": () => diversify(ranked, { k: 100, diversity: 0.3, similarity }),
    "diversity .3, 100 of 500, capped": () => diversify(ranked, { k: 100, diversity: 0.3, similarity, cap }),
    "diversity .3, 10 of 500": () => diversify(ranked, { k: 10, diversity: 0.3, similarity }),
    "a reason for each of 10": (k) =>
      ranked.slice(0, 10).map(({ item }) => finder.because({ item, source: "similar" }, histories[k]!)),
    "one item more": () => finder.update(catalogue, Int32Array.of(5)),
  };
  for (const [name, act] of Object.entries(parts)) {
    const times: number[] = [];
    for (let k = 0; k < 20; k++) await act(k);
    const before = process.cpuUsage();
    for (let k = 0; k < 200; k++) {
      const start = performance.now();
      await act(k);
      times.push(performance.now() - start);
    }
    const { user, system } = process.cpuUsage(before);
    const columns = [Math.min(...times), median(times), quantile(times, 0.99), (user + system) / 1000 / times.length];
    console.log(`${name.padEnd(40)} ${columns.map((ms) => ms.toFixed(2).padStart(8)).join(" ")}`);
  }
  await Promise.all([finder.close(), search.close()]);
}

/** Co-visits of people with 100 events each, half of them liked, as a run counts them. */
function countLog({
  items,
  events,
  skewed,
  random,
}: {
  items: number;
  events: number;
  skewed: () => number;
  random: RandomStream;
}): CoVisits {
  const item = Int32Array.from({ length: events }, skewed);
  const user = Int32Array.from({ length: events }, (_, event) => 1 + Math.floor(event / 100));
  const label = Uint8Array.from({ length: events }, () => random.below(2));
  const { columns } = { columns: simulateLog({ ...SHAPES[0]!.log, rows: 64 }) };
  const catalogue = { ...columns.catalogue, items: { count: items, trained: items - 1 } };
  const start = new Int32Array(items + 1);
  const others: number[] = [];
  const similarities: number[] = [];
  const begin = performance.now();
  const before = process.cpuUsage();
  const most = itemsOfPerson({ user, label }, MOST_PAIRS);
  eachItemsNeighbours({ catalogue, item, user, label }, { kept: 100, shrink: 10, most }, (index, near) => {
    for (const { item: other, similarity } of near) {
      others.push(other);
      similarities.push(similarity);
    }
    start[index + 1] = others.length;
  });
  const { user: cpu } = process.cpuUsage(before);
  console.log(
    `co-visits of ${events} events counted in ${((performance.now() - begin) / 1000).toFixed(1)} s (${(cpu / 1e6).toFixed(1)} s of a core): ${others.length} pairs kept, ${((others.length * 8) / 1e6).toFixed(0)} MB\n`,
  );
  return { start, items: Int32Array.from(others), similarities: Float32Array.from(similarities) };
}

function catalogueOf({ items, skewed }: { items: number; skewed: () => number }): Catalogue {
  const { catalogue } = simulateLog({ ...SHAPES[0]!.log, rows: 64 });
  const count = new Uint32Array(items);
  for (let event = 0; event < 10 * items; event++) count[skewed()]! += 1;
  return {
    ...catalogue,
    items: { count: items, trained: items - Math.ceil(items / 50) },
    modalities: [
      {
        name: "brand",
        kind: "category",
        multiple: false,
        vocabulary: Array.from({ length: 50 }, (_, value) => `brand ${value}`),
        offsets: Int32Array.from({ length: items + 1 }, (_, item) => item),
        codes: Int32Array.from({ length: items }, (_, item) => 2 + (item % 50)),
      },
    ],
    itemCounters: { count, positives: count, means: {} },
  };
}
