import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MmdinError } from "../errors.js";
import type { Recipe } from "./recipe.js";
import type { World, WorldSize } from "./simulate.js";
import { sliceStarts, type Yardsticks, yardsticksOf } from "./yardsticks.js";

const FORMAT = "mmdin-world";
const VERSION = 2;

export interface WorldCounts {
  users: number;
  items: number;
  /** Items that appear only in the last fifth of time. */
  newItems: number;
  interests: number;
  events: number;
  clicks: number;
  trainRows: number;
  validRows: number;
  testRows: number;
  testClicks: number;
  /** Test rows whose item has no event in the training slice. */
  testColdRows: number;
}

/** truth/manifest.json: how a world was made and what can be reached in it. */
export interface WorldManifest {
  format: "mmdin-world";
  version: number;
  size: WorldSize;
  recipe: Recipe;
  counts: WorldCounts;
  /** Share of the events that are clicks; in the test slice. */
  clickRate: number;
  testClickRate: number | null;
  /** AUC on the test slice, the last tenth by time. */
  yardsticks: Yardsticks;
  /** The `a` of the click formula. */
  intercept: number;
}

export function makeManifest(world: World, { size, recipe }: { size: WorldSize; recipe: Recipe }): WorldManifest {
  const { items, people, exposures, clicks } = world;
  const { valid, test } = sliceStarts(exposures.count);
  const inTraining = new Uint8Array(items.count);
  for (const item of exposures.item.subarray(0, valid)) inTraining[item] = 1;
  const total = sum(clicks.clicked);
  const testRows = exposures.count - test;
  const testClicks = sum(clicks.clicked.subarray(test));
  return {
    format: FORMAT,
    version: VERSION,
    size,
    recipe,
    counts: {
      users: people.length,
      items: items.count,
      newItems: items.debut.filter((debut) => debut > 0).length,
      interests: people.reduce((count, { interests }) => count + interests.length, 0),
      events: exposures.count,
      clicks: total,
      trainRows: valid,
      validRows: test - valid,
      testRows,
      testClicks,
      testColdRows: exposures.item.subarray(test).filter((item) => inTraining[item] === 0).length,
    },
    clickRate: total / exposures.count,
    testClickRate: testRows === 0 ? null : testClicks / testRows,
    yardsticks: yardsticksOf(world),
    intercept: clicks.intercept,
  };
}

export function manifestPath(folder: string): string {
  return join(folder, "truth", "manifest.json");
}

/** Whether a folder holds a world, of whatever version. */
export function isWorld(folder: string): boolean {
  const path = manifestPath(folder);
  if (!existsSync(path)) return false;
  try {
    return formatOf(JSON.parse(readFileSync(path, "utf8"))) === FORMAT;
  } catch {
    return false; // no JSON: not what generateWorld wrote
  }
}

/**
 * Reads the manifest of a world.
 *
 * @throws MmdinError FORMAT where it is missing, no JSON, of another format or of another version.
 */
export function readWorldManifest(folder: string): WorldManifest {
  const where = manifestPath(folder);
  const fix = "Give a folder that `mmdin world` wrote, or make the world again.";
  let manifest: unknown;
  try {
    manifest = JSON.parse(readFileSync(where, "utf8"));
  } catch (cause) {
    throw new MmdinError("FORMAT", "the manifest of a world cannot be read", { where, fix, cause });
  }
  if (!isManifest(manifest)) {
    throw new MmdinError("FORMAT", "not the manifest of a world", {
      where,
      expected: `format "${FORMAT}"`,
      got: JSON.stringify(formatOf(manifest)) ?? "no format",
      fix,
    });
  }
  if (manifest.version !== VERSION) {
    throw new MmdinError("FORMAT", "a world of another version", {
      where,
      expected: `version ${VERSION}`,
      got: `version ${manifest.version}`,
      fix: "Make the world again with this version of mmdin.",
    });
  }
  return manifest;
}

function isManifest(value: unknown): value is WorldManifest {
  return formatOf(value) === FORMAT;
}

function formatOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "format" in value ? value.format : undefined;
}

function sum(values: Uint8Array): number {
  return values.reduce((total, value) => total + value, 0);
}
