import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { datasetFolder } from "../dataset-folder.js";
import { shopOfLooks } from "../shop-of-looks.js";
import { runMmdin } from "./run-mmdin.js";

test("neighbours prints a table or JSON, writes a page beside, and names the page and what it lacks on stderr", async () => {
  const { path } = datasetFolder(await shopOfLooks());
  const prepared = await runMmdin(path, "prepare", "dataset.yaml", "--out", "data");
  expect(prepared.status, prepared.stderr).toBe(0);
  const asked = ["neighbours", "--data", "data", "--modality", "look", "--item", "lamp"];
  const table = await runMmdin(path, ...asked, "--count", "3");
  expect(table).toEqual({
    status: 0,
    stdout: [
      "nearest by look to lamp, Red <b>lamp</b>",
      "   item  title      similarity",
      "1  p     Blue lamp      1.0000",
      "2  q                    1.0000",
      "3  r     Chair          0.6000",
      "",
    ].join("\n"),
    stderr: expect.stringMatching(
      /^2 of 4 items stand without their picture: pictures\/broken\.png: .+\nneighbours-look-lamp\.html\n$/,
    ),
  });
  expect(readFileSync(join(path, "neighbours-look-lamp.html"), "utf8")).toContain(
    '<h1 dir="auto">Nearest to Red &#60;',
  );

  const json = await runMmdin(path, ...asked, "--out", "pages/alike.html", "--json");
  const { neighbours, ...item } = JSON.parse(json.stdout);
  expect([item.item, item.modality, neighbours.length, neighbours[2]]).toEqual([
    "lamp",
    "look",
    6,
    { item: "r", title: "Chair", picture: "", similarity: 0.6 },
  ]);
  expect(readFileSync(join(path, "pages/alike.html"), "utf8")).toContain("0.6000 · item r");

  const wrong = await runMmdin(path, ...asked.slice(0, -1), "lmap");
  expect(wrong).toEqual({ status: 1, stdout: "", stderr: 'mmdin: data: unknown item "lmap". Did you mean "lamp"?\n' });
}, 60_000);
