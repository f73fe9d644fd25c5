import { expect, test } from "vitest";
import { RandomStream } from "../../src/random.js";
import { csv, datasetFolder } from "../dataset-folder.js";
import { runMmdin } from "./run-mmdin.js";

function shop(test: number) {
  const random = new RandomStream(3);
  const log = Array.from({ length: 20 }, (_, u) =>
    Array.from({ length: 20 }, (_, k) => [`u${u}`, `i${(u * 3 + k) % 30}`, k * 1000 + u, random.below(2)]),
  ).flat();
  const part = (from: number, to: number) =>
    csv(
      "user,item,ts,liked",
      log.filter((_, n) => n % 20 >= from && n % 20 < to),
    );
  return datasetFolder({
    "train.csv": part(0, 14),
    "valid.csv": part(14, 17),
    "test.csv": part(test, test + 3),
    "dataset.yaml": `name: shop
events: { user: user, item: item, time: ts, label: liked }
split: { by: file, train: train.csv, valid: valid.csv, test: test.csv }
`,
  });
}

test("audit exits with 0 on a clean dataset, and prints JSON where asked", async () => {
  const folder = shop(17);
  await folder.prepare();
  const { status, stdout, stderr } = await runMmdin(folder.path, "audit", "--data", "out", "--json");
  expect([status, stderr]).toEqual([0, ""]);
  expect(JSON.parse(stdout)).toMatchObject({
    name: "shop",
    passed: true,
    failures: [],
    rows: { train: 280, test: 60 },
  });
});

test("audit exits with 1 where validation is test, and train refuses the dataset in one message", async () => {
  const folder = shop(14);
  await folder.prepare();
  const { status, stdout } = await runMmdin(folder.path, "audit", "--data", "out");
  expect(status).toBe(1);
  expect(stdout).toMatch(/\nvalidation-is-test +FAILED +validation is not test\n/);
  expect(stdout).toContain("FAILED: 2 of 11 checks");
  const trained = await runMmdin(folder.path, "train", "--data", "out", "--out", "run", "--model", "popularity");
  expect(trained.status).toBe(1);
  expect(trained.stderr).toContain("this dataset leaks (rows-across-splits)");
  expect(folder.names()).not.toContain("run");
}, 30_000);
