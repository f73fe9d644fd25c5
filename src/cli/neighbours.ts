import type { Neighbours, NeighboursPage } from "../experiments/index.js";
import { wholeNumber } from "./arguments.js";
import { defineCliCommand } from "./command.js";
import { oneLine } from "./one-line.js";
import { printJson, printNote, printResult } from "./output.js";
import { renderTable } from "./table.js";

const LONGEST_TITLE = 48;

export const neighboursCommand = defineCliCommand({
  name: "neighbours",
  description: "Show the items that a text, image or vector modality takes for most alike, as a table and a page",
  args: {
    data: { type: "string", required: true, valueHint: "DIR", description: "Prepared dataset, or a run" },
    modality: { type: "string", required: true, valueHint: "NAME", description: "Modality whose vectors are compared" },
    item: {
      type: "string",
      required: true,
      valueHint: "ID",
      description: "The item that the others are compared with",
    },
    count: { type: "string", valueHint: "N", description: "How many neighbours (default 12)" },
    out: {
      type: "string",
      valueHint: "FILE",
      description: "Page of pictures and titles to write (default neighbours-MODALITY-ID.html, here)",
    },
    json: { type: "boolean", description: "Print the neighbours as JSON" },
  },
  examples: [
    "mmdin neighbours --data data/films --modality poster --item 1",
    "mmdin neighbours --data runs/first --modality text --item 1 --count 20 --out alike.html --json",
  ],
  async run({ args }) {
    const count = wholeNumber(args.count, { option: "--count", least: 1 });
    const { neighbours, neighboursPage } = await import("../experiments/index.js");
    const { writeFileAtomic } = await import("../data/atomic.js");
    const { data, modality, item } = args;
    const found = neighbours({ data, modality, item, count });
    const { html, unreadable } = await neighboursPage(found);
    const out = args.out ?? `neighbours-${fileWord(modality)}-${fileWord(item)}.html`;
    writeFileAtomic(out, html);
    if (args.json) printJson(found);
    else printResult(renderNeighbours(found));
    if (unreadable.length > 0) printNote(renderUnreadable(unreadable, found));
    printNote(out);
    return undefined;
  },
});

function renderNeighbours({ modality, item, title, neighbours }: Neighbours): string {
  const rows = neighbours.map((near, index) => [
    index + 1,
    near.item,
    shortTitle(near.title),
    near.similarity.toFixed(4),
  ]);
  const asked = [item, ...(title === "" ? [] : [shortTitle(title)])].join(", ");
  if (rows.length === 0) return `no other item has ${modality}: ${asked}`;
  return `nearest by ${modality} to ${asked}\n${renderTable(["", "item", "title", "similarity"], rows)}`;
}

/** One line for all of them: the first names its reason. */
function renderUnreadable(unreadable: NeighboursPage["unreadable"], { neighbours }: Neighbours): string {
  const [first] = unreadable;
  const example = first === undefined ? "" : `: ${first.picture}: ${first.reason}`;
  return `${unreadable.length} of ${neighbours.length + 1} items stand without their picture${example}`;
}

/** A title as it can stand in a terminal: no control characters, not longer than a line. */
function shortTitle(title: string): string {
  const letters = [...oneLine(title)];
  return letters.length > LONGEST_TITLE ? `${letters.slice(0, LONGEST_TITLE - 1).join("")}…` : letters.join("");
}

/** A word that any file system takes in a name. */
function fileWord(text: string): string {
  return text.replace(/[^\p{L}\p{N}._-]+/gu, "_").slice(0, 60);
}
