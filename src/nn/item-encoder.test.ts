import { describe, expect, test } from "vitest";
import { floats, ints, largestGap, spread } from "../../test/graph/evaluate.js";
import { smallCatalogue } from "../../test/nn/catalogue.js";
import { affine, type LayerRun, rowsOf, runLayer } from "../../test/nn/run-layer.js";
import { gradients, reduceSum, slice } from "../graph/index.js";
import { encodeItems } from "./item-encoder.js";

const D = 4;
const ALL = ["id", "genres", "year", "plot"];
/** Three distinct items and one of padding: the first has everything, the second nothing but its id. */
const PRESENT = [1, 0, 1, 0];
const BAGS = [0, 1, 0, 0, 2, 0, 0, 0];
const SHARES = [0.5, 0.5, 0, 0, 1, 0, 0, 0];
const YEARS = [-1, 0, 2.5, 0];
const PLOTS = [1, -0.5, 0.25, 0, 0, 0, 0, 2, 0, 0, 0, 0];

function run(modalities: readonly string[]): Promise<LayerRun> {
  return runLayer(
    (builder) => {
      const { joined, present } = encodeItems(builder, smallCatalogue, { dimension: D, modalities, std: 0.05 });
      const absent = builder.parameters.get("item.plot.absent");
      return {
        joined,
        ...(present && { present }),
        ...(absent && { ofAbsent: gradients(reduceSum(joined), [absent.tensor])[0]! }),
      };
    },
    {
      letters: { U: 4, C_genres: 3 },
      feeds: {
        "bagPlaces:genres": ints([4, 2], BAGS),
        "bagWeights:genres": floats([4, 2], SHARES),
        "itemNumber:year": floats([4, 1], YEARS),
        "itemVector:plot": floats([4, 3], PLOTS),
        "present:genres": floats([4, 1], PRESENT),
        "present:year": floats([4, 1], PRESENT),
        "present:plot": floats([4, 1], PRESENT),
      },
    },
  );
}

describe("z_m of an item", () => {
  const part = ({ out }: LayerRun, m: number): number[][] =>
    rowsOf(out.joined!, ALL.length * D).map((row) => row.slice(m * D, (m + 1) * D));

  test("id is a row of its table", async () => {
    const found = await run(ALL);
    expect(part(found, 0).flat()).toEqual(found.weights["item.id"]);
  });

  test("a category is the mean of its rows, as the shares say; a number and a vector go through a linear layer", async () => {
    const found = await run(ALL);
    const rows = rowsOf(found.weights["item.genres"]!, D);
    const genres = [0, 1, 2, 3].map((u) =>
      rows[0]!.map((_, d) => [0, 1].reduce((sum, l) => sum + SHARES[2 * u + l]! * rows[BAGS[2 * u + l]!]![d]!, 0)),
    );
    const years = affine(rowsOf(YEARS, 1), found.weights["item.year.weight"]!, found.weights["item.year.bias"]!);
    const plots = affine(rowsOf(PLOTS, 3), found.weights["item.plot.weight"]!, found.weights["item.plot.bias"]!);
    for (const u of [0, 2]) {
      expect(largestGap(part(found, 1)[u]!, genres[u]!)).toBeLessThan(1e-6);
      expect(largestGap(part(found, 2)[u]!, years[u]!)).toBeLessThan(1e-6);
      expect(largestGap(part(found, 3)[u]!, plots[u]!)).toBeLessThan(1e-6);
    }
  });

  test("what is missing is the learned absent vector, and nothing else: no bias, no zeros", async () => {
    const found = await run(ALL);
    for (const u of [1, 3]) {
      for (const [m, name] of [
        [1, "genres"],
        [2, "year"],
        [3, "plot"],
      ] as const) {
        expect(part(found, m)[u], name).toEqual(found.weights[`item.${name}.absent`]);
      }
    }
  });

  test("the absent vector learns from the items without the modality: two of four give the gradient 2", async () => {
    expect((await run(ALL)).out.ofAbsent).toEqual([2, 2, 2, 2]);
  });
});

test("the bits say which modalities an item has, id left out", async () => {
  const { out } = await run(ALL);
  expect(rowsOf(out.present!, 3)).toEqual([
    [1, 1, 1],
    [0, 0, 0],
    [1, 1, 1],
    [0, 0, 0],
  ]);
});

test("modalities stand side by side in the order asked for; id alone has no bits", async () => {
  const { builder, out } = await runLayer(
    (builder) => {
      const items = encodeItems(builder, smallCatalogue, { dimension: D, modalities: ["year", "id"], std: 0.05 });
      expect(items.ranges).toEqual([
        { name: "year", start: 0, end: 4 },
        { name: "id", start: 4, end: 8 },
      ]);
      return { id: slice(items.joined, { start: 4, end: 8 }) };
    },
    { letters: { U: 2 }, feeds: { "itemNumber:year": floats([2, 1], [0, 0]), "present:year": floats([2, 1], [1, 1]) } },
  );
  expect(out.id!.length).toBe(8);
  expect(builder.tables.get("item.id")).toMatchObject({ rows: smallCatalogue.items.trained + 1, dimension: D });
  expect((await run(["id"])).out.present).toBeUndefined();
});

test("ids may start smaller than categories, and categories have room for missing and unknown", async () => {
  const { builder } = await runLayer(
    (builder) => ({
      y: encodeItems(builder, smallCatalogue, { dimension: D, modalities: ["id", "genres"], std: 0.5, idStd: 0.01 })
        .joined,
    }),
    {
      letters: { U: 1, C_genres: 1 },
      feeds: {
        "bagPlaces:genres": ints([1, 1], [0]),
        "bagWeights:genres": floats([1, 1], spread(1)),
        "present:genres": floats([1, 1], [1]),
      },
    },
  );
  expect(builder.tables.get("item.id")!.initial).toEqual({ kind: "normal", std: 0.01 });
  expect(builder.tables.get("item.genres")).toMatchObject({ rows: 5, initial: { kind: "normal", std: 0.5 } });
});
