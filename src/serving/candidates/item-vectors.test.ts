import { expect, test } from "vitest";
import { goldenCatalogue } from "../../../test/models/golden.js";
import type { Catalogue, ModalityColumn } from "../../data/columns.js";
import { findModel } from "../../models/registry.js";
import { Weights } from "../../training/weights.js";
import { type ItemVectorMaker, openItemVectors } from "./item-vectors.js";

const offsets = Int32Array.of(0, 0, 1, 2, 2, 3, 3, 3, 3, 4);
const look: ModalityColumn = {
  name: "look",
  kind: "vector",
  dimension: 3,
  row: Int32Array.of(-1, 0, 1, -1, 2, -1, -1, -1, -1),
  values: Float32Array.of(0, 3, 4, 0, 0, 7, 2, 0, 0),
};
const [tags, price] = goldenCatalogue.modalities;
const catalogue: Catalogue = {
  ...goldenCatalogue,
  modalities: [{ ...tags, offsets, codes: Int32Array.of(2, 3, 2, 4) } as ModalityColumn, price!, look],
};
const open = (model: string, of: Catalogue, options: unknown = {}): Promise<ItemVectorMaker | null> =>
  openItemVectors(findModel(model).configure(options), (builder) => Weights.initial(builder, { seed: 1 }), {
    catalogue: of,
    threads: 1,
  });
const lengthOf = (vector: Float32Array): number => Math.hypot(...vector);

test("are the model's where it reads the vectors, without numbers, each modality of the same length", async () => {
  const maker = (await open("mmdin", catalogue))!;
  expect(maker).toMatchObject({ of: "model", modalities: ["id", "tags", "look"], dimension: 48 });
  const made = await maker.make(catalogue, Int32Array.of(1, 3, 8));
  const part = (row: number, m: number): number => lengthOf(made.subarray(row * 48 + 16 * m, row * 48 + 16 * (m + 1)));
  const third = 1 / Math.sqrt(3);
  expect([part(0, 0), part(0, 1), part(0, 2)].map((x) => expect.closeTo(x, 6))).toEqual([third, third, third]);
  expect([part(1, 0), part(1, 1), part(1, 2)]).toEqual([expect.closeTo(1, 6), 0, 0]); // no tag, no look
  await maker.close();
});

test("leave out the id of an item without an event in training", async () => {
  const grown = { ...catalogue, items: { count: 9, trained: 7 } };
  const maker = (await open("mmdin", grown))!;
  const made = await maker.make(grown, Int32Array.of(8));
  expect(lengthOf(made.subarray(0, 16))).toBe(0);
  expect(lengthOf(made)).toBeCloseTo(1, 6); // its tag
  await maker.close();
});

test("are the frozen ones where the model reads none of them, or counts", async () => {
  for (const [model, options] of [
    ["din", {}],
    ["mmdin", { modalities: ["id", "tags"] }],
    ["popularity", {}],
    ["lr", {}],
  ] as const) {
    const maker = (await open(model, catalogue, options))!;
    expect(maker, model).toMatchObject({ of: "frozen", modalities: ["look"], dimension: 3 });
    const made = await maker.make(catalogue, Int32Array.of(1, 3, 4));
    expect([...made]).toEqual([0, 0.6, 0.8, 0, 0, 0, 1, 0, 0].map(Math.fround));
  }
});

test("are the model's ids and categories where there are no vectors, and nothing where it only counts", async () => {
  const plain = { ...catalogue, modalities: catalogue.modalities.filter(({ kind }) => kind !== "vector") };
  const maker = await open("din", plain);
  expect(maker).toMatchObject({ of: "model", modalities: ["id", "tags"] });
  await maker?.close();
  expect(await open("item-knn", plain)).toBeNull();
});
