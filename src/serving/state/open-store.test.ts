import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openExistingStore, openStore } from "./open-store.js";

const folder = mkdtempSync(join(tmpdir(), "mmdin-open-"));
afterAll(() => rmSync(folder, { recursive: true }));
const place = join(folder, "state");

test("a place that is none, and a limit that limits nothing, are refused with what was expected", async () => {
  await expect(openStore("http://127.0.0.1")).rejects.toThrow("store: no such store: expected a folder, or redis://");
  await expect(openStore("")).rejects.toMatchObject({ code: "CONFIG" });
  await expect(openStore(place, { eventsPerUser: 0 })).rejects.toThrow("eventsPerUser: not a limit of a store");
  await expect(openStore(place, { timeToLive: Number.NaN })).rejects.toMatchObject({ code: "CONFIG" });
  await expect(openStore(place, { patience: 0 })).rejects.toMatchObject({ details: { where: "patience" } });
  expect(readdirSync(folder)).toEqual([]);
});

test("a store that shall be there is not made where it is not", async () => {
  await expect(openExistingStore(place)).rejects.toMatchObject({ code: "STORE", details: { where: place } });
  expect(existsSync(place)).toBe(false);
  await (await openStore(place)).close();
  const store = await openExistingStore(place);
  expect(store.place).toBe(place);
  await store.close();
});
