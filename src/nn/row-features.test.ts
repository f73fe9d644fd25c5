import { expect, test } from "vitest";
import { floats, largestGap } from "../../test/graph/evaluate.js";
import { smallCatalogue } from "../../test/nn/catalogue.js";
import { rowsOf, runLayer } from "../../test/nn/run-layer.js";
import { Builder } from "./builder.js";
import { encodeRowFeatures, statisticsOf } from "./row-features.js";

const feeds = {
  "rowNumber:user:age": floats([2, 1], [1.5, 0]),
  "rowPresent:user:age": floats([2, 1], [1, 0]),
  "rowNumber:context:load": floats([2, 1], [0, -1]),
  "rowPresent:context:load": floats([2, 1], [0, 1]),
};

test("a row knows its user, the user's features and the moment's, each of one width; what is missing is a learned vector", async () => {
  const { out, weights, builder } = await runLayer(
    (builder) => {
      const parts = encodeRowFeatures(builder, smallCatalogue, { dimension: 3, std: 0.05 });
      return Object.fromEntries(["user", "country", "age", "hour", "load"].map((name, i) => [name, parts[i]!]));
    },
    { feeds, letters: { B: 2 } },
  );
  expect(out.user).toEqual(weights["user@user"]);
  expect(out.country).toEqual(weights["user.country@userFeature"]);
  expect(out.hour).toEqual(weights["context.hour@context"]);
  const known = (name: string, x: number): number[] =>
    weights[`${name}.weight`]!.map((w, d) => x * w + weights[`${name}.bias`]![d]!);
  expect(largestGap(rowsOf(out.age!, 3)[0]!, known("user.age", 1.5))).toBeLessThan(1e-6);
  expect(rowsOf(out.age!, 3)[1]).toEqual(weights["user.age.absent"]);
  expect(rowsOf(out.load!, 3)[0]).toEqual(weights["context.load.absent"]);
  expect(largestGap(rowsOf(out.load!, 3)[1]!, known("context.load", -1))).toBeLessThan(1e-6);
  expect([...builder.tables.values()].map(({ name, rows }) => [name, rows])).toEqual([
    ["user", 3], // 2 users of the training slice and the shared row of all others
    ["user.country", 4], // missing, unknown, fr, de
    ["context.hour", 4],
  ]);
});

test("a dataset that embeds no users and knows nothing of the row gives no parts and no statistics", () => {
  const builder = new Builder({ training: false });
  const bare = {
    ...smallCatalogue,
    users: { ...smallCatalogue.users, embed: false },
    userFeatures: { schema: [], columns: [] },
    context: [],
    statistics: { user: [], item: [], prior: 0 },
  };
  expect(encodeRowFeatures(builder, bare, { dimension: 3, std: 0.05 })).toEqual([]);
  expect(statisticsOf(builder, bare)).toBeNull();
});

test("statistics are as wide as those of the user and the item together: 1 + 2", () => {
  expect(statisticsOf(new Builder({ training: false }), smallCatalogue)!.shape).toEqual(["B", 3]);
});
