import type { Draftsman, PlotText } from "./plot-svg.js";
import { decimal, signed } from "./report-text.js";

/** Whether a row is the reference, cannot be told apart from it (or from nothing), is better than it, or none of these. */
export type Tone = "best" | "alike" | "ahead" | "plain";

/** One row of a plot of intervals: a mean, how sure it is, and what it was made of. */
export interface IntervalRow {
  name: string;
  value: number | null;
  interval: [number, number] | null;
  /** Single seeds. */
  dots?: readonly number[];
  tone: Tone;
}

export interface IntervalPlot extends PlotText {
  rows: readonly IntervalRow[];
  /** Pixels. */
  width: number;
  /** What the axis measures. */
  axis: string;
  /** A line at 0, for differences. */
  zero?: boolean;
  /** Which end is good: rows far off at the other end become an arrow and a number, and leave the room to the close ones. */
  focus?: "high" | "low";
  /** Writes every number with its sign. */
  signs?: boolean;
  /** Pixels of a row. Default 22. */
  rowHeight?: number;
}

const TONES: Record<Tone, string> = {
  best: "var(--accent)",
  alike: "var(--second)",
  ahead: "var(--third)",
  plain: "currentColor",
};

/** Seeds stand this many pixels below their mean, so that it does not hide them. */
const SEEDS_BELOW = 6.5;

/** Names that take more than this share of the width stand above their row. */
const BESIDE = 0.42;

/** Fewer rows than this are all drawn, however far apart. */
const FEW = 6;

/** Pixels of a letter, about. */
const LETTER = 7.2;

/** Rows with mean, 95 % interval and seeds as dots; names stand beside their row, or above it where they are long. */
export function intervalPlot(draftsman: Draftsman, options: IntervalPlot): string {
  const { rows, width, axis, zero = false, signs = false, rowHeight = 22 } = options;
  const { plot, draw } = draftsman;
  const longest = Math.max(...rows.map(({ name }) => name.length)) * LETTER;
  const above = longest > BESIDE * width;
  const height = above ? rowHeight + 14 : rowHeight;
  const domain = domainOf(options);
  const letters = Math.floor((above ? width - 16 : BESIDE * width) / LETTER);
  const marginLeft = above ? 8 : 8 + Math.min(longest, letters * LETTER) + 8;
  const ticks = Math.max(2, Math.floor((width - marginLeft) / 90));
  const places = Math.min(6, Math.max(2, Math.ceil(-Math.log10((domain[1] - domain[0]) / ticks))));
  const digits = (value: number): string => (signs ? signed(value, places) : value.toFixed(places));
  const placed = rows.map((row, at) => ({
    ...row,
    at: above ? at + 0.18 : at,
    label: row.name.length > letters ? `${row.name.slice(0, letters - 1)}…` : row.name,
    top: at,
  }));
  const inside = placed.filter(({ value }) => value !== null && value >= domain[0] && value <= domain[1]);
  const beyond = placed.filter((row) => row.value !== null && !inside.includes(row));
  const lost = placed.filter(({ value }) => value === null);
  const clamp = (value: number): number => Math.min(domain[1], Math.max(domain[0], value));
  const dots = inside.flatMap(({ at, tone, dots = [] }) =>
    dots.filter((dot) => dot === clamp(dot)).map((value) => ({ at, tone, value })),
  );
  const bars = inside.flatMap(({ at, tone, interval }) =>
    interval === null ? [] : [{ at, tone, low: clamp(interval[0]), high: clamp(interval[1]) }],
  );
  const colour = ({ tone }: { tone: Tone }): string => TONES[tone];
  const arrow = ({ value }: { value: number | null }): string =>
    value! < domain[0] ? `◂ ${digits(value!)}` : `${digits(value!)} ▸`;
  const low = beyond.filter(({ value }) => value! < domain[0]);
  const high = beyond.filter(({ value }) => value! > domain[1]);
  const marks = [
    plot.ruleY(placed, { y: "at", strokeOpacity: 0.1 }),
    plot.gridX({ ticks, strokeOpacity: 0.12 }),
    ...(zero ? [plot.ruleX([0], { strokeOpacity: 0.6 })] : []),
    plot.axisX({ ticks, tickFormat: digits, tickSize: 0, label: null }),
    plot.ruleY(bars, { y: "at", x1: "low", x2: "high", stroke: colour, strokeWidth: 2.5, strokeLinecap: "round" }),
    plot.dot(dots, { y: "at", x: "value", r: 1.75, dy: SEEDS_BELOW, fill: colour, fillOpacity: 0.55 }),
    plot.dot(inside, {
      y: "at",
      x: "value",
      r: 4,
      fill: colour,
      title: ({ name, value }) => `${name} ${signs ? signed(value) : decimal(value)}`,
    }),
    plot.text(low, { y: "at", text: arrow, frameAnchor: "left", dx: 6, fillOpacity: 0.75 }),
    plot.text(high, { y: "at", text: arrow, frameAnchor: "right", dx: -6, fillOpacity: 0.75 }),
    plot.text(lost, { y: "at", text: () => "not defined", frameAnchor: "left", dx: 6, fillOpacity: 0.6 }),
    plot.text(placed, {
      y: above ? "top" : "at",
      text: "label",
      frameAnchor: "left",
      textAnchor: above ? "start" : "end",
      dx: above ? 0 : -8,
      fill: "currentColor",
      stroke: "var(--paper)", // lines do not run through letters
      strokeWidth: 3,
      dy: above ? -height / 4 : 0,
    }),
  ];
  return draw(
    {
      width,
      height: rows.length * height + 44,
      marginLeft,
      marginRight: 24,
      marginTop: 18,
      marginBottom: 26,
      x: { domain, label: null, axis: null },
      y: { domain: [-0.5, rows.length - 0.5], reverse: true, axis: null },
      marks: [...marks, plot.text([axis], { frameAnchor: "top-right", dy: -14, fillOpacity: 0.75 })],
    },
    options,
  );
}

/** The limits of the axis: all means, intervals and seeds, or those of the rows that are close to the best. */
function domainOf({ rows, zero = false, focus }: IntervalPlot): [number, number] {
  const means = rows.flatMap(({ value }) => value ?? []);
  const best = focus === "low" ? Math.min(...means) : Math.max(...means);
  const distances = means.map((value) => Math.abs(value - best)).sort((a, b) => a - b);
  const middle = distances[Math.floor(distances.length / 2)] ?? 0;
  const reach = focus === undefined || middle === 0 || means.length < FEW ? Number.POSITIVE_INFINITY : 3 * middle;
  const near = rows.filter(({ value }) => value !== null && Math.abs(value - best) <= reach);
  const values = near.flatMap(({ value, interval, dots = [] }) => [value!, ...(interval ?? []), ...dots]);
  if (zero) values.push(0);
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (high - low) * 0.06 || 0.001;
  const arrows = near.length < means.length;
  return [low - (arrows && focus === "high" ? 3 : 1) * room, high + (arrows && focus === "low" ? 3 : 1) * room];
}
