import { useState } from "react";
import { Button, ToggleButton, ToggleButtonGroup } from "react-aria-components";
import type { CatalogueItem, RankerResult } from "../../../src/api/contract.js";
import { AppLink } from "../parts/app-link.js";
import { percent, signed } from "../parts/format.js";
import { Poster } from "../parts/poster.js";
import { Gates } from "./gates.js";
import { Nearest } from "./nearest.js";
import { StepTable } from "./step-table.js";

interface CandidateWhyProps {
  result: RankerResult;
  items: ReadonlyMap<string, CatalogueItem | null>;
  /** Whether the model has no row for it. */
  unknown: boolean;
  clock: "time" | "order";
  drop?: (id: string) => void;
}

/** Everything that is known of why one candidate got its probability. */
export function CandidateWhy({ result, items, unknown, clock, drop }: CandidateWhyProps) {
  const { item, probability, logit, explanation } = result;
  const [order, setOrder] = useState<"time" | "effect">("time");
  const title = result.title ?? item;
  if (explanation === undefined) return null;
  const { history, heads, gates, nearest, historyChange, summary } = explanation;
  return (
    <article className="why" aria-label={`Why ${title}`}>
      <div className="why-head">
        <Poster id={item} title={result.title} picture={items.get(item)?.picture} width={136} eager />
        <div>
          <h2>
            <AppLink to={{ page: "items", item }}>{title}</AppLink>
          </h2>
          <p className="sentence">{summary}</p>
          <p className="number">
            <strong>{percent(probability)}</strong>{" "}
            <span className="quiet">that it is wanted (logit {signed(logit)})</span>
          </p>
          {history.length > 0 && (
            <p className="number">
              The history as a whole{" "}
              <strong className={historyChange < 0 ? "against" : "for"}>{signed(historyChange)}</strong>{" "}
              <span className="quiet">{historyChange < 0 ? "speaks against it" : "speaks for it"}</span>
            </p>
          )}
          {unknown && <p className="tag against">the model knows nothing of it</p>}
          {drop !== undefined && (
            <Button className="button" onPress={() => drop(item)}>
              Leave out of the comparison
            </Button>
          )}
        </div>
      </div>
      {gates !== null && <Gates gates={gates} />}
      <Nearest nearest={nearest} items={items} />
      <section className="steps" aria-label="Step by step">
        <div className="section-head">
          <h3>Step by step</h3>
          {history.length > 1 && (
            <ToggleButtonGroup
              className="choices"
              aria-label="Order of the steps"
              selectedKeys={[order]}
              disallowEmptySelection
              onSelectionChange={(keys) => setOrder(keys.has("effect") ? "effect" : "time")}
            >
              <ToggleButton id="time" className="button small">
                newest first
              </ToggleButton>
              <ToggleButton id="effect" className="button small">
                strongest first
              </ToggleButton>
            </ToggleButtonGroup>
          )}
        </div>
        {history.length === 0 ? (
          <p className="quiet">There is no history: this is what everybody would get.</p>
        ) : (
          <StepTable history={history} heads={heads} items={items} order={order} clock={clock} title={title} />
        )}
      </section>
    </article>
  );
}
