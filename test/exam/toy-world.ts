import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Dataset, openDataset, prepare } from "../../src/data/index.js";
import { RandomStream } from "../../src/random.js";

/**
 * A small world with one known answer: everybody has one topic, is shown it often, likes what is of it nine times in ten, and
 * anything else one time in ten. Nothing in it is symmetric: 60 people, 45 things, 5 topics of different sizes, vectors of 6,
 * histories of 12. People arrive one after the other, so that the last ones, and some things, are seen in the test slice only.
 */
const PEOPLE = 60;
const THINGS_OF_TOPIC = [14, 11, 9, 6, 5];
const FILLERS = 7;
const VECTOR = 6;
const SECONDS = 1_000_000;
const START = 1_600_000_000;

/** The thing and the person of which nothing is known but that they were there, at the very end. */
export const BARE_THING = "bare";
export const BARE_PERSON = "stranger";
/** A thing of the test slice alone, with a tag that nothing in training has. */
export const NOVEL_THING = "t104";

const personId = (u: number): string => `p${1000 + u}`;
/** A person of the test slice alone, from a city that nobody in training is from. */
export const NOVEL_PERSON = personId(PEOPLE - 1);

interface Thing {
  id: string;
  topic: number;
  weight: number;
  /** Not shown before. */
  from: number;
}

/** What differs between the datasets made of one world. */
export interface ToyVariant {
  /** Lines of dataset.yaml that replace those of the same key. */
  events?: string;
  history?: string;
  statistics?: string;
  split?: string;
  /** More lines. */
  more?: string;
}

const EVENTS = `{ from: events.csv, user: person, item: thing, time: second, label: liked = 1,
  features: { stars: { kind: category, from: stars }, dwell: { kind: number, from: dwell } } }`;

function datasetYaml({ events = EVENTS, history, statistics, split, more = "" }: ToyVariant): string {
  return `name: toy
events: ${events}
items:
  from: things.jsonl
  id: thing
  modalities:
    tags: { kind: category, from: tags, multiple: true }
    price: { kind: number, from: price }
    look: { kind: vector, from: vectors/look }
users:
  { embed: true, from: people.csv, id: person,
    features: { city: { kind: category, from: city }, age: { kind: number, from: age } } }
context: { features: { device: { kind: category, from: device }, hour: { kind: number, from: hour } } }
history: ${history ?? "{ length: 12 }"}
statistics: ${statistics ?? "{ user: [count, rate, mean(stars)], item: [count, rate], prior: 4 }"}
split: ${split ?? "{ by: time, train: 0.7, valid: 0.12, test: 0.18 }"}
${more}`;
}

/** Writes the world into `folder`, prepares a dataset of it there, and opens it. */
export async function prepareToy(folder: string, variant: ToyVariant = {}): Promise<Dataset> {
  mkdirSync(join(folder, "vectors"), { recursive: true });
  const random = new RandomStream(7, "toy");
  const things = makeThings(random);
  writeThings(folder, { things, random });
  writePeople(folder, random);
  writeEvents(folder, { things, random });
  writeFileSync(join(folder, "dataset.yaml"), datasetYaml(variant));
  await prepare(join(folder, "dataset.yaml"), { out: join(folder, "data") });
  return openDataset(join(folder, "data"));
}

function makeThings(random: RandomStream): Thing[] {
  const topics = THINGS_OF_TOPIC.flatMap((count, topic) => Array.from({ length: count }, () => topic));
  return topics.map((topic, i) => ({
    id: `t${100 + i}`,
    topic,
    weight: 0.2 + random.uniform() ** 2,
    from: i % 9 === 4 ? 0.9 : 0,
  }));
}

function writeThings(folder: string, { things, random }: { things: Thing[]; random: RandomStream }): void {
  const lines: string[] = [];
  const ids: string[] = [];
  const vectors: number[] = [];
  for (const { id, topic } of things) {
    const fillers = Array.from({ length: random.below(3) }, () => `filler${random.below(FILLERS)}`);
    const tags = random.uniform() < 0.1 ? [] : [`topic${topic}`, ...new Set(fillers)];
    if (id === NOVEL_THING) tags.push("novel");
    const price =
      random.uniform() < 0.2 ? null : Math.round(100 * Math.exp(2 + 0.3 * topic + 0.4 * random.normal())) / 100;
    lines.push(JSON.stringify({ thing: id, tags, price }));
    if (random.uniform() < 0.15) continue;
    ids.push(id);
    for (let d = 0; d < VECTOR; d++) vectors.push((d === topic ? 1 : 0) + 0.3 * random.normal());
  }
  writeFileSync(join(folder, "things.jsonl"), `${lines.join("\n")}\n`);
  writeFileSync(join(folder, "vectors", "look.f32"), Float32Array.from(vectors));
  writeFileSync(join(folder, "vectors", "look.ids.json"), JSON.stringify({ dim: VECTOR, ids }));
}

function writePeople(folder: string, random: RandomStream): void {
  const lines = ["person,city,age"];
  for (let u = 0; u < PEOPLE; u++) {
    const drawn = random.uniform() < 0.1 ? "" : `city${random.below(4)}`;
    const city = u === PEOPLE - 1 ? "atlantis" : drawn;
    const age = random.uniform() < 0.1 ? "" : String(18 + random.below(50));
    lines.push(`${personId(u)},${city},${age}`);
  }
  writeFileSync(join(folder, "people.csv"), `${lines.join("\n")}\n`);
}

function writeEvents(folder: string, { things, random }: { things: Thing[]; random: RandomStream }): void {
  const events: { second: number; line: string }[] = [];
  const add = (second: number, line: string): void => void events.push({ second, line });
  for (let u = 0; u < PEOPLE; u++) {
    const topic = weighted([10, 7, 6, 4, 3], random);
    const count = 40 + random.below(50);
    const times = Array.from({ length: count }, () => 0.75 * (u / PEOPLE) + 0.25 * random.uniform()).sort();
    for (const at of times) {
      const thing = shown(things, { at, topic, random });
      const liked = random.uniform() < (thing.topic === topic ? 0.9 : 0.1) ? 1 : 0;
      const stars = random.uniform() < 0.1 ? "" : String(Math.min(5, Math.max(1, 3 * liked + 1 + random.below(3))));
      const dwell = random.uniform() < 0.15 ? "" : String(Math.round(20 * Math.exp(liked + 0.7 * random.normal())));
      const device = random.uniform() < 0.1 ? "" : ["phone", "tablet", "desk"][random.below(3)];
      const hour = random.uniform() < 0.1 ? "" : String(random.below(24));
      // Steps of 100 seconds, so that some events of one person share their second.
      const second = START + 100 * Math.floor((at * SECONDS) / 100);
      add(second, `${personId(u)},${thing.id},${second},${liked},${stars},${dwell},${device},${hour}`);
    }
  }
  const end = START + SECONDS;
  add(end, `${BARE_PERSON},t101,${end},1,5,,phone,3`);
  add(end + 100, `${NOVEL_PERSON},${BARE_THING},${end + 100},0,2,9,tablet,`);
  events.sort((a, b) => a.second - b.second);
  const header = "person,thing,second,liked,stars,dwell,device,hour";
  writeFileSync(join(folder, "events.csv"), `${[header, ...events.map(({ line }) => line)].join("\n")}\n`);
}

/** The topic of the person half of the time, else anything; what is popular more often. */
function shown(
  things: readonly Thing[],
  { at, topic, random }: { at: number; topic: number; random: RandomStream },
): Thing {
  const own = random.uniform() < 0.5;
  const weights = things.map((thing) => (thing.from > at || (own && thing.topic !== topic) ? 0 : thing.weight));
  return things[weighted(weights, random)]!;
}

function weighted(weights: readonly number[], random: RandomStream): number {
  let rest = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  return Math.max(
    0,
    weights.findIndex((weight) => {
      rest -= weight;
      return rest < 0;
    }),
  );
}
