import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ArrowColumns, writeArrow } from "../data/arrow-file.js";
import { MmdinError } from "../errors.js";
import type { World } from "./simulate.js";
import { manifestPath, readWorldManifest, type WorldManifest } from "./world-manifest.js";

/** The truth of the events, in the order of events.csv. One entry per event. */
export interface TrueEvents {
  count: number;
  /** Index into `people`. */
  user: Int32Array;
  /** Index into `items`. */
  item: Int32Array;
  /** Seconds since 1970. */
  time: Float64Array;
  clicked: Uint8Array;
  /** What the click was drawn from. */
  probability: Float64Array;
  /** The interest that was active: an index into the person's `interests`. */
  activeInterest: Uint8Array;
  /** Score of the informed yardstick. */
  informed: Float64Array;
}

/** A line of truth/people.jsonl. */
export interface TruePerson {
  user: string;
  /** Readiness to click, in logits. */
  readiness: number;
  interests: { seedItem: string; weights: { topic: number; style: number; price: number } }[];
}

/** A line of truth/items.jsonl. */
export interface TrueItem {
  item: string;
  topic: number;
  topicVector: number[];
  style: number[];
  quality: number;
  /** The standardised logarithm of the price, where the catalogue does not tell it too. */
  price: number;
  /** Whether the item appears only in the last fifth of time. */
  isNew: boolean;
}

export interface Truth {
  manifest: WorldManifest;
  people: TruePerson[];
  items: TrueItem[];
  events: TrueEvents;
}

/** Writes the folder `truth`: manifest.json, people.jsonl, items.jsonl and events.arrow. */
export function writeTruth(folder: string, { world, manifest }: { world: World; manifest: WorldManifest }): void {
  const { items, people, exposures, clicks, informed } = world;
  const place = join(folder, "truth");
  mkdirSync(place);
  writeFileSync(manifestPath(folder), `${JSON.stringify(manifest, null, 1)}\n`, { flag: "wx" });
  writeLines(
    join(place, "people.jsonl"),
    people.map(({ id, readiness, interests }): TruePerson => {
      const named = interests.map(({ seedItem, weights: [topic, style, price] }) => ({
        seedItem: items.ids[seedItem]!,
        weights: { topic, style, price },
      }));
      return { user: id, readiness, interests: named };
    }),
  );
  const topics = items.topicVector.length / items.count;
  const styles = items.style.length / items.count;
  writeLines(
    join(place, "items.jsonl"),
    items.ids.map(
      (item, i): TrueItem => ({
        item,
        topic: items.topic[i]!,
        topicVector: [...items.topicVector.subarray(i * topics, (i + 1) * topics)],
        style: [...items.style.subarray(i * styles, (i + 1) * styles)],
        quality: items.quality[i]!,
        price: items.price[i]!,
        isNew: items.debut[i]! > 0,
      }),
    ),
  );
  const { user, item, time, activeInterest } = exposures;
  const columns = {
    user,
    item,
    time,
    clicked: clicks.clicked,
    probability: clicks.probability,
    activeInterest,
    informed,
  };
  writeArrow(
    join(place, "events.arrow"),
    Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, { kind: "numbers", values }])),
  );
}

/**
 * Reads the truth of a world, aligned with its events.csv.
 *
 * @param folder What `generateWorld` wrote.
 * @throws MmdinError FORMAT where the folder is no world, of another version, or damaged.
 */
export function readTruth(folder: string): Truth {
  const manifest = readWorldManifest(folder);
  const place = join(folder, "truth");
  const { users, items, events: count } = manifest.counts;
  const columns = new ArrowColumns(join(place, "events.arrow"), readBytes(join(place, "events.arrow")));
  if (columns.rows !== count) throw damaged(join(place, "events.arrow"), `${count} rows`, String(columns.rows));
  return {
    manifest,
    people: readLines<TruePerson>(join(place, "people.jsonl"), users),
    items: readLines<TrueItem>(join(place, "items.jsonl"), items),
    events: {
      count,
      user: columns.int32("user"),
      item: columns.int32("item"),
      time: columns.float64("time"),
      clicked: columns.uint8("clicked"),
      probability: columns.float64("probability"),
      activeInterest: columns.uint8("activeInterest"),
      informed: columns.float64("informed"),
    },
  };
}

function writeLines(path: string, values: readonly object[]): void {
  writeFileSync(path, values.map((value) => `${JSON.stringify(value)}\n`).join(""), { flag: "wx" });
}

function readLines<T>(path: string, expected: number): T[] {
  const lines = readBytes(path).toString("utf8").split("\n").slice(0, -1);
  if (lines.length !== expected) throw damaged(path, `${expected} lines`, String(lines.length));
  return lines.map((line): T => JSON.parse(line));
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new MmdinError("FORMAT", "a file of the world cannot be read", {
      where: path,
      fix: "Make the world again.",
      cause,
    });
  }
}

function damaged(path: string, expected: string, got: string): MmdinError {
  return new MmdinError("FORMAT", "not as it was written", {
    where: path,
    expected,
    got,
    fix: "Make the world again.",
  });
}
