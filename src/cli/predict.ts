import { readFileSync } from "node:fs";
import { parseRequest, parseRequestText } from "../config/request.js";
import type { RankRequest } from "../contract.js";
import { fileProblem, MmdinError } from "../errors.js";
import { wholeNumber } from "./arguments.js";
import { defineCliCommand } from "./command.js";
import { renderExplanation } from "./explanation-text.js";
import { printJson, printNote, printResult } from "./output.js";
import { renderTable } from "./table.js";

export const predictCommand = defineCliCommand({
  name: "predict",
  description: "Say how likely a person wants each of some items now, best first",
  args: {
    run: { type: "string", required: true, valueHint: "RUN", description: "Folder that `mmdin train` wrote" },
    request: {
      type: "string",
      valueHint: "FILE",
      description: "A request as JSON: user, time, context, history, candidates",
    },
    history: {
      type: "string",
      valueHint: "A,B,C",
      description: "Ids of past items, oldest first (instead of --request)",
    },
    candidates: { type: "string", valueHint: "D,E,F", description: "Ids of the items to rank (instead of --request)" },
    threads: { type: "string", valueHint: "N", description: "Compute threads (default 1: fastest for small requests)" },
    explain: {
      type: "boolean",
      description: "Say why: for the best candidate, with --json for each of the best 20",
    },
    json: { type: "boolean", description: "Print [{ item, probability, logit }] as JSON" },
  },
  examples: [
    "mmdin predict --run runs/first --request request.json",
    "mmdin predict --run runs/first --history 1,47,50 --candidates 260,593,2571 --json",
    "mmdin predict --run runs/first --history 1,47,50 --candidates 260,593,2571 --explain",
  ],
  async run({ args }) {
    const threads = wholeNumber(args.threads, { option: "--threads", least: 1 });
    const request = requestOf(args);
    const { loadModel, MOST_EXPLAINED } = await import("../serving/index.js");
    const model = await loadModel(args.run, { threads });
    try {
      const ranked = await model.rank(request);
      for (const [what, items] of Object.entries(itemsOf(request))) {
        const known = await model.knows(items);
        const unknown = items.filter((_, index) => !known[index]);
        if (unknown.length > 0) printNote(renderUnknown(what, { unknown, of: items.length }));
      }
      const best = ranked.slice(0, args.json ? MOST_EXPLAINED : 1).map(({ item }) => item);
      const explained = args.explain ? await model.explain({ ...request, candidates: best }) : [];
      if (args.json) printJson(args.explain ? explained : ranked);
      else
        printResult(
          renderTable(
            ["", "item", "probability", "logit"],
            ranked.map(({ item, probability, logit }, index) => [
              index + 1,
              item,
              probability.toFixed(4),
              logit.toFixed(4),
            ]),
          ),
        );
      if (!args.json) for (const candidate of explained) printResult(`\n${renderExplanation(candidate)}`);
    } finally {
      await model.close();
    }
    return undefined;
  },
});

function itemsOf({ history, candidates }: RankRequest): Record<string, readonly string[]> {
  return { history: history.map(({ item }) => item), candidates };
}

/** A misspelt id is scored as well: who asks should know. */
function renderUnknown(what: string, { unknown, of }: { unknown: readonly string[]; of: number }): string {
  const named = `${unknown.slice(0, 5).join(", ")}${unknown.length > 5 ? ", ..." : ""}`;
  return `${what}: ${unknown.length} of ${of} ids are not known to this run, and count as an item of which nothing is known: ${named}`;
}

/** The request in a file, or the one that --history and --candidates spell. */
function requestOf({
  request,
  history,
  candidates,
}: {
  request?: string;
  history?: string;
  candidates?: string;
}): RankRequest {
  if (request !== undefined) {
    if (history !== undefined || candidates !== undefined)
      throw new MmdinError("REQUEST", "--request comes with --history or --candidates", {
        where: "mmdin predict",
        fix: "Give either the file or the two lists",
      });
    return parseRequestText(readRequest(request), request);
  }
  if (candidates === undefined)
    throw new MmdinError("REQUEST", "nothing to rank", {
      where: "mmdin predict",
      expected: "--request FILE, or --history A,B,C --candidates D,E,F",
    });
  return parseRequest({ history: ids(history).map((item) => ({ item })), candidates: ids(candidates) });
}

function readRequest(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new MmdinError("IO", "the request cannot be read", {
      where: path,
      got: fileProblem(cause),
      cause,
      fix: "Give the path of a JSON file",
    });
  }
}

function ids(list: string | undefined): string[] {
  return (list ?? "")
    .split(",")
    .map((id) => id.trim())
    .filter((id) => id !== "");
}
