/**
 * Candidates for `recommend`: how many of what people wanted next each source finds, and how long it takes.
 *
 *   npm run bench -- candidates --data DIR --run DIR [--questions 10] [--variants]
 *   npm run bench -- candidates --speed [--items 100000] [--dimension 192] [--events 1000000] [--threads 1]
 *
 * A question is a positive row of the test split: the person's history strictly before it, all of it left out of the answer. Of each
 * person `--questions` at most, evenly over their rows. Counters, popularity and co-visits know nothing of the time of the test split. `--variants`
 * measures what was chosen among, too: item vectors, pooling, popularity.
 */
import { parseArgs } from "node:util";
import { openDataset } from "../src/data/index.js";
import { openItemVectors } from "../src/serving/candidates/index.js";
import { openRun } from "../src/training/run-folder.js";
import { asOfTest, questionsOf } from "./candidates/questions.js";
import { measureFinder, recallLine } from "./candidates/recall.js";
import { measureSpeed } from "./candidates/speed.js";
import { measureVariants } from "./candidates/variants.js";

const { values: args } = parseArgs({
  options: {
    data: { type: "string" },
    run: { type: "string" },
    questions: { type: "string", default: "10" },
    variants: { type: "boolean", default: false },
    speed: { type: "boolean", default: false },
    items: { type: "string", default: "100000" },
    dimension: { type: "string", default: "192" },
    events: { type: "string", default: "1000000" },
    threads: { type: "string", default: "1" },
  },
});

if (args.speed || args.data === undefined || args.run === undefined) {
  await measureSpeed({
    items: Number(args.items),
    dimension: Number(args.dimension),
    events: Number(args.events),
    threads: Number(args.threads),
  });
} else {
  const dataset = openDataset(args.data);
  const questions = questionsOf(dataset, { perPerson: Number(args.questions) });
  const run = openRun(args.run);
  const known = asOfTest(dataset);
  const { trained, count } = dataset.catalogue.items;
  const cold = questions.filter(({ target }) => target > trained).length;
  const people = new Set(questions.map(({ user }) => user)).size;
  console.log(
    `${dataset.manifest.name}: ${questions.length} questions of ${people} people, ${cold} about items without an event in training; ${count - 1} items\n`,
  );
  console.log(recallLine.head);
  const options = { catalogue: dataset.catalogue, threads: 1 };
  const vectors = await openItemVectors(run.model, run.weights, options);
  await measureFinder(questions, { known, vectors });
  if (args.variants && vectors !== null) {
    const of = vectors.of === "model" ? "frozen" : "model";
    const others = await openItemVectors(run.model, run.weights, { ...options, of });
    if (others?.of === of) await measureFinder(questions, { known, vectors: others });
  }
  if (args.variants) await measureVariants(questions, { known, run });
}
