import { SingleBar } from "cli-progress";
import type { Progress, ProgressUpdate } from "../contract.js";
import { count, duration } from "./format.js";
import { whenEnding } from "./when-ending.js";

type ProgressStream = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

export interface ProgressOptions {
  /** Where it is shown. Default: stderr. */
  stream?: ProgressStream;
  /** Seconds before anything is shown: what takes less stays silent. Default 1. */
  patience?: number;
  /** Seconds between two lines where there is no terminal. Default 10. */
  interval?: number;
}

export interface ProgressDisplay {
  progress: Progress;
  /** Takes the bar away; to be called before anything else is printed. */
  stop(): void;
}

/** Shows how far a command has come: a bar on a terminal, else a plain line every few seconds. */
export function showProgress({
  stream = process.stderr,
  patience = 1,
  interval = 10,
}: ProgressOptions = {}): ProgressDisplay {
  const draw = stream.isTTY === true ? bar(stream) : lines(stream, interval);
  const born = performance.now();
  let phase: string | undefined;
  let start = born;
  return {
    progress(update) {
      const now = performance.now();
      if (update.phase !== phase) {
        phase = update.phase;
        start = now;
        draw.stop();
      }
      if (now - born < patience * 1000) return;
      draw.update(update, (now - start) / 1000);
    },
    stop: () => draw.stop(),
  };
}

interface Drawing {
  update(update: ProgressUpdate, seconds: number): void;
  stop(): void;
}

/** Below this many columns the bar is short, and counts give way to what the share does not say. */
const WIDE = 110;

function bar(stream: ProgressStream): Drawing {
  let current: SingleBar | undefined;
  let dispose: (() => void) | undefined;
  const wide = (stream.columns ?? WIDE) >= WIDE;
  const stop = (): void => {
    current?.stop();
    current = undefined;
    dispose?.();
    dispose = undefined;
  };
  return {
    update(update, seconds) {
      const total = update.total ?? 0;
      if (current === undefined) {
        const format = total > 0 ? "{phase} {bar} {percentage} % {detail}" : "{phase} {detail}";
        const barsize = wide ? 24 : 8;
        current = new SingleBar({ stream, format, barsize, hideCursor: true, clearOnComplete: true, fps: 8 });
        current.start(Math.max(total, 1), 0, { phase: update.phase, detail: "" });
        dispose = whenEnding(stop);
      }
      if (total > 0) current.setTotal(total);
      current.update(Math.min(update.done, Math.max(total, 1)), {
        phase: update.phase,
        detail: detail(update, { seconds, counts: wide || total === 0 }),
      });
    },
    stop,
  };
}

function lines(stream: ProgressStream, interval: number): Drawing {
  let last = Number.NEGATIVE_INFINITY;
  return {
    update(update, seconds) {
      const now = performance.now();
      if (now - last < interval * 1000) return;
      last = now;
      if (update.done === 0 && !update.total) return void stream.write(`${update.phase}\n`);
      const share = update.total ? `${Math.floor((100 * update.done) / update.total)} %, ` : "";
      stream.write(`${update.phase}: ${share}${detail(update, { seconds, counts: true })}\n`);
    },
    stop() {},
  };
}

/** "12,000 of 80,668 rows, 3,200 rows/s, loss 0.6123, 12 s left"; without `counts` no more than the share does not say. */
function detail(
  { done, total, unit = "", values = {} }: ProgressUpdate,
  { seconds, counts }: { seconds: number; counts: boolean },
): string {
  if (done === 0 && !total) return "";
  const parts = counts ? [`${total ? `${count(done)} of ${count(total)}` : count(done)} ${unit}`.trim()] : [];
  const rate = seconds > 0.5 ? done / seconds : 0;
  const told = Object.keys(values).some((name) => name.endsWith("/s")); // a rate of its own says more than ours
  if (rate > 0 && !told) parts.push(`${rate < 10 ? rate.toFixed(1) : count(rate)} ${unit}/s`.replace(" /", "/"));
  for (const [name, value] of Object.entries(values))
    parts.push(name.endsWith("/s") ? `${number(value)} ${name}` : `${name} ${number(value)}`);
  if (rate > 0 && total && total > done) parts.push(`${duration((total - done) / rate)} left`);
  return parts.join(", ");
}

function number(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString("en-US") : String(Number(value.toPrecision(4)));
}
