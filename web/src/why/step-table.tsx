import type { CSSProperties } from "react";
import type { CatalogueItem, StepExplanation } from "../../../src/api/contract.js";
import { age, signed } from "../parts/format.js";
import { Icon } from "../parts/icon.js";
import { Poster } from "../parts/poster.js";

interface StepTableProps {
  history: readonly StepExplanation[];
  heads: readonly string[];
  items: ReadonlyMap<string, CatalogueItem | null>;
  order: "time" | "effect";
  clock: "time" | "order";
  /** Of the candidate. */
  title: string;
}

/** The history under its posters: what it changes to leave a step out, its contribution, and the weights of each attention head. */
export function StepTable({ history, heads, items, order, clock, title }: StepTableProps) {
  const steps = history.map((step, at) => ({ ...step, at })).reverse();
  if (order === "effect") steps.sort((a, b) => Math.abs(b.change) - Math.abs(a.change));
  const newest = Math.max(...history.map(({ time }) => time ?? Number.NEGATIVE_INFINITY));
  const most = Math.max(
    1e-9,
    ...history.flatMap(({ change, contribution }) => [Math.abs(change), Math.abs(contribution)]),
  );
  const mostWeight = Math.max(1e-9, ...history.flatMap(({ weights }) => weights.map(Math.abs)));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, by keys too
    <section className="scroll" tabIndex={0} aria-label={`Steps of the history, for ${title}`}>
      <table className="step-table">
        <caption className="hidden">
          Columns are steps of the history. Rows: the change of the logit if the step were not there, its contribution,
          and the weight that each attention head gives it.
        </caption>
        <thead>
          <tr>
            <td />
            {steps.map(({ at, item, title, label, time }) => (
              <th scope="col" key={at}>
                <span className={label === 0 ? "past disliked" : "past"} title={title ?? item}>
                  <Poster id={item} title={title} picture={items.get(item)?.picture} width={56} />
                  <span className="hidden">{title ?? item}</span>
                </span>
                <span className={`mark ${label === 0 ? "against" : "for"}`}>
                  {label !== null && <Icon name={label === 1 ? "like" : "dislike"} filled={label === 1} />}
                  <span className="hidden">{label === null ? "" : label === 1 ? "liked" : "disliked"}</span>
                </span>
                <span className="small quiet">{time === null || clock === "order" ? "" : age(newest - time)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">without it</th>
            {steps.map(({ at, change }) => (
              <td key={at}>
                <Effect value={-change} most={most} tone={change} />
              </td>
            ))}
          </tr>
          <tr>
            <th scope="row">contribution</th>
            {steps.map(({ at, contribution }) => (
              <td key={at}>
                <Effect value={contribution} most={most} tone={contribution} />
              </td>
            ))}
          </tr>
        </tbody>
        {heads.length > 0 && (
          <tbody className="heads">
            <tr>
              <th scope="rowgroup" colSpan={steps.length + 1}>
                <span>Attention heads: how much each looks at a step</span>
              </th>
            </tr>
            {heads.map((name, head) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {steps.map(({ at, weights }) => (
                  <Weight key={at} value={weights[head] ?? 0} most={mostWeight} />
                ))}
              </tr>
            ))}
          </tbody>
        )}
      </table>
    </section>
  );
}

/** A number as a bar up or down from a line; `tone`: whether the step speaks for the candidate. */
function Effect({ value, most, tone }: { value: number; most: number; tone: number }) {
  const style = { "--size": Math.abs(value) / most } as CSSProperties;
  return (
    <span className={`effect ${value < 0 ? "down" : "up"} ${tone < 0 ? "against" : "for"}`} style={style}>
      <i aria-hidden="true" />
      <span className="number">{signed(value)}</span>
    </span>
  );
}

/** From this share of the strongest on, letters change sides; the colours leap there, so that each is readable on its own. */
const STRONG = 0.5;

function Weight({ value, most }: { value: number; most: number }) {
  const share = Math.abs(value) / most;
  const mix = share <= STRONG ? share : 0.86 + 0.28 * (share - STRONG);
  const style = { "--weight": mix } as CSSProperties;
  const tone = value < 0 ? "minus" : "plus";
  return (
    <td className={`weight ${tone} ${share > STRONG ? "strong" : ""}`} style={style}>
      {value < 0 ? "\u2212" : ""}
      {Math.abs(value).toFixed(2).replace(/^0/, "")}
    </td>
  );
}
