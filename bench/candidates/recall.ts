import { CoVisited } from "../../src/serving/candidates/co-visited.js";
import { poolHistory, weighHistory } from "../../src/serving/candidates/history-weights.js";
import { CandidateFinder, type ItemVectorMaker } from "../../src/serving/candidates/index.js";
import { newItems } from "../../src/serving/candidates/new-items.js";
import { Popular } from "../../src/serving/candidates/popular.js";
import { topItems } from "../../src/serving/candidates/top-items.js";
import { VectorSearch } from "../../src/serving/candidates/vector-search.js";
import type { Known, Question } from "./questions.js";

export const SIZES = [100, 500] as const;

/** The share of questions whose item is among the first 100 and 500, of all questions and of those about cold items. */
export const recallLine = {
  head: `${"".padEnd(52)}   @100    @500   cold @100    @500`,
  of(name: string, found: readonly { question: Question; place: number }[], trained: number): string {
    const cold = found.filter(({ question }) => question.target > trained);
    const share = (list: typeof found, size: number): string =>
      (list.filter(({ place }) => place < size).length / Math.max(1, list.length)).toFixed(3);
    const [all, some] = [found, cold].map((list) => SIZES.map((size) => share(list, size).padStart(7)).join(" "));
    return `${name.padEnd(52)} ${all}     ${some}`;
  },
};

/**
 * Prints the recall of a source that gives a list of at most `most` items for a question. `anew`: whether a list of 100 is not the first
 * 100 of a list of 500.
 */
export async function measureSource(
  name: string,
  questions: readonly Question[],
  {
    trained,
    find,
    anew = false,
  }: {
    trained: number;
    find: (question: Question, most: number) => ArrayLike<number> | Promise<ArrayLike<number>>;
    anew?: boolean;
  },
): Promise<void> {
  const found: { question: Question; place: number }[] = [];
  for (const question of questions) {
    let place = placeOf(question, await find(question, SIZES[1]));
    if (anew && placeOf(question, await find(question, SIZES[0])) < SIZES[0]) place = 0;
    else if (anew && place < SIZES[0]) place = SIZES[0];
    found.push({ question, place });
  }
  console.log(recallLine.of(name, found, trained));
}

function placeOf({ target }: Question, items: ArrayLike<number>): number {
  const place = Array.from(items).indexOf(target);
  return place < 0 ? Number.POSITIVE_INFINITY : place;
}

/** Each source of the finder alone, all of them together as it asks them, and every time one of them less. */
export async function measureFinder(
  questions: readonly Question[],
  { known, vectors }: { known: Known; vectors: ItemVectorMaker | null },
): Promise<void> {
  const { catalogue, tables } = known;
  const { trained, count: items } = catalogue.items;
  const coVisited = new CoVisited(tables.coVisits, items);
  const popular = new Popular(catalogue, tables.popularity);
  const allowing =
    ({ seen }: Question) =>
    (item: number): boolean =>
      !seen.has(item);
  if (vectors !== null) {
    const search = await VectorSearch.create(vectors.dimension, { threads: 1 });
    const every = Int32Array.from({ length: items }, (_, item) => item);
    search.set(every, await vectors.make(catalogue, every));
    await measureSource(`similar (${vectors.of}: ${vectors.modalities.join(", ")})`, questions, {
      trained,
      async find(question, count) {
        const steps = weighHistory(question.history);
        if (steps.length === 0) return [];
        const query = poolHistory(steps, { dimension: search.dimension, row: (item) => search.row(item) });
        return topItems(await search.products(query), { above: 0, count, allows: allowing(question) });
      },
    });
    await search.close();
  }
  await measureSource("co-visited", questions, {
    trained,
    find: (question, count) => coVisited.find(weighHistory(question.history), { count, allows: allowing(question) }),
  });
  await measureSource("popular", questions, {
    trained,
    find: (question, count) => popular.find({ count, allows: allowing(question) }),
  });
  await measureSource("new", questions, {
    trained,
    anew: true,
    find: (question, count) =>
      newItems({
        trained,
        items,
        share: count,
        count,
        allows: allowing(question),
        user: question.userId,
        time: question.time,
      }),
  });
  const finder = await CandidateFinder.create({ catalogue, vectors, tables });
  await measureSource("all of them (CandidateFinder)", questions, {
    trained,
    anew: true,
    async find({ history, seen, userId, time }, most) {
      const found = await finder.find({ history, exclude: seen, most, user: userId, time });
      return found.map(({ item }) => item);
    },
  });
  await finder.close();
}
