import type { CellUpdate } from "../experiments/compare/run-cells.js";
import { decimal } from "./format.js";
import { oneLine } from "./one-line.js";
import { whenEnding } from "./when-ending.js";

export interface CompareProgressOptions {
  /** Names of the models, in the order of the table. */
  lines: readonly string[];
  seeds: readonly number[];
  /** Where it is shown. Default: stderr. */
  stream?: NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number };
  /** Milliseconds between two drawings while cells only move on; what finishes or fails is drawn at once. Default 120. */
  interval?: number;
}

export interface CompareProgress {
  update(update: CellUpdate): void;
  /** Takes the table away; to be called before anything else is printed. */
  stop(): void;
}

/**
 * The live table of a comparison: one line a model, one cell a seed.
 *
 * On a terminal it is redrawn in place: `·` waits, `12 %` runs, `0.8712` is the AUC of what is finished, `✗` failed. It never
 * takes more columns or rows than the terminal has: what does not fit is counted. Where a signal comes it takes itself away, so that
 * what is said of it stands alone, and is drawn anew below where a cell moves on. Without a terminal, every cell that is finished
 * or failed is one plain line.
 */
export function showComparison(options: CompareProgressOptions): CompareProgress {
  return options.stream?.isTTY === true || (options.stream === undefined && process.stderr.isTTY === true)
    ? table(options)
    : plain(options);
}

function plain({ lines, seeds, stream = process.stderr }: CompareProgressOptions): CompareProgress {
  const total = lines.length * seeds.length;
  const ended = new Set<string>();
  return {
    update({ line, seed, state, auc, error }) {
      if (state !== "finished" && state !== "failed") return;
      const isTrial = typeof seed === "string";
      if (!isTrial) ended.add(JSON.stringify([line, seed]));
      const what =
        state === "failed" ? `failed: ${oneLine(error ?? "no reason given")}` : `AUC ${decimal(auc ?? null)}`;
      const place = isTrial ? "" : `${ended.size} of ${total}: `;
      stream.write(`${place}${oneLine(line)}, ${isTrial ? seed : `seed ${seed}`}: ${what}\n`);
    },
    stop() {},
  };
}

const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";

/** Columns of a cell: "0.8712". */
const CELL = 6;
/** "trial 12 0.8712" */
const TRIAL = 15;
/** At most this many letters of a name. */
const NAME = 24;

function table({ lines, seeds, stream = process.stderr, interval = 120 }: CompareProgressOptions): CompareProgress {
  const cells = new Map<string, CellUpdate>();
  const trials = new Map<string, CellUpdate>();
  let drawn: string[] = [];
  let last = Number.NEGATIVE_INFINITY;
  let later: NodeJS.Timeout | undefined;
  let dispose: (() => void) | undefined;
  const width = (): number => Math.max(1, (stream.columns || 80) - 1);
  const erase = (): string => {
    // A terminal that was made narrower has broken what was drawn into several rows.
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / (stream.columns || 80))), 0);
    return rows === 0 ? "" : `\u001b[${rows}A\r\u001b[0J`;
  };
  const draw = (): void => {
    clearTimeout(later);
    later = undefined;
    if (dispose === undefined) {
      stream.write(HIDE_CURSOR);
      dispose = whenEnding(stop);
    }
    const above = erase();
    drawn = page({ lines, seeds, cells, trials }, { width: width(), height: Math.max(1, (stream.rows || 24) - 1) });
    stream.write(`${above}${drawn.map((line) => `${line}\n`).join("")}`);
    last = performance.now();
  };
  const stop = (): void => {
    clearTimeout(later);
    later = undefined;
    if (dispose === undefined) return;
    dispose();
    dispose = undefined;
    stream.write(`${erase()}${SHOW_CURSOR}`);
    drawn = [];
  };
  draw();
  return {
    update(update) {
      if (typeof update.seed === "string") trials.set(update.line, update);
      else cells.set(JSON.stringify([update.line, update.seed]), update);
      const wait = interval - (performance.now() - last);
      if (update.state === "finished" || update.state === "failed" || wait <= 0) draw();
      else later ??= setTimeout(draw, wait).unref();
    },
    stop,
  };
}

interface TableState {
  lines: readonly string[];
  seeds: readonly number[];
  cells: ReadonlyMap<string, CellUpdate>;
  trials: ReadonlyMap<string, CellUpdate>;
}

/** What is drawn: no line longer than the width, no more lines than the height. */
function page(state: TableState, { width, height }: { width: number; height: number }): string[] {
  const { lines, seeds, cells, trials } = state;
  const name = Math.min(NAME, Math.max(4, Math.floor(width / 3)), Math.max(5, ...lines.map((line) => line.length)));
  const tuned = trials.size > 0;
  const fitting = Math.max(0, Math.floor((width - name) / (CELL + 1)) - (tuned ? 3 : 0));
  const all = [...cells.values()];
  const of = (line: string, seed: number): CellUpdate | undefined => cells.get(JSON.stringify([line, seed]));
  const shown = fitting >= seeds.length ? seeds : seeds.slice(0, Math.max(0, fitting - 1));
  const row = (line: string): string => {
    const trial = trials.get(line);
    const tuning = tuned
      ? [trial === undefined ? "".padEnd(TRIAL) : `${trial.seed} ${mark(trial)}`.slice(0, TRIAL).padEnd(TRIAL)]
      : [];
    const ended = seeds.filter((seed) => ["finished", "failed"].includes(of(line, seed)?.state ?? "")).length;
    const rest = shown.length < seeds.length ? [`${ended}/${seeds.length}`.padStart(CELL)] : [];
    const parts = [...tuning, ...shown.map((seed) => mark(of(line, seed)).padStart(CELL)), ...rest];
    return [cut(oneLine(line), name).padEnd(name), ...parts].join(" ").slice(0, width).trimEnd();
  };
  const ended = all.filter(({ state }) => state === "finished").length;
  const failed = all.filter(({ state }) => state === "failed").length;
  const summary = `${ended + failed} of ${lines.length * seeds.length}${failed > 0 ? `, ${failed} failed` : ""}`;
  const room = height - 1;
  if (lines.length <= room) return [...lines.map(row), summary.slice(0, width)];
  const running = lines.findIndex(
    (line) => seeds.some((seed) => of(line, seed)?.state === "running") || trials.get(line)?.state === "running",
  );
  const first = Math.min(Math.max(0, running - Math.floor(room / 2)), lines.length - room);
  const visible = lines.slice(first, first + room).map(row);
  return [...visible, `${summary}; ${lines.length - room} lines out of sight`.slice(0, width)];
}

function mark(cell: CellUpdate | undefined): string {
  switch (cell?.state) {
    case "running":
      return cell.share === undefined ? "…" : `${Math.floor(100 * Math.min(1, Math.max(0, cell.share)))} %`;
    case "finished":
      return decimal(cell.auc ?? null);
    case "failed":
      return "✗";
    default:
      return "·";
  }
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
