import { useEffect, useMemo } from "react";
import { Button, GridList, GridListItem } from "react-aria-components";
import type { RankerResult } from "../../../src/api/contract.js";
import { useApp } from "../address/address-context.js";
import { AppLink } from "../parts/app-link.js";
import { Bar } from "../parts/bar.js";
import { percent } from "../parts/format.js";
import { Icon } from "../parts/icon.js";
import { Poster } from "../parts/poster.js";
import { Empty, Problem, Skeleton, Waiting, Warnings } from "../parts/states.js";
import { useItems } from "../server/item-store.js";
import type { Recommended } from "./use-recommendations.js";

interface RecommendationsProps {
  answer: Recommended;
  add(item: string, label: 0 | 1): void;
}

/** What is recommended, best first, each with its reason; liked or disliked here, it joins the history. */
export function Recommendations({ answer, add }: RecommendationsProps) {
  const { address } = useApp();
  const { value, error, slow, fresh, again, moved } = answer;
  // The collection knows its parts by their `id`.
  const results = useMemo(() => (value?.results ?? []).map((result) => ({ ...result, id: result.item })), [value]);
  const items = useItems(results.map(({ item }) => item));
  useEffect(() => {
    if (fresh) performance.mark("recommended");
  }, [fresh]);
  const time = value === null ? "" : `${value.spent.total?.toFixed(0) ?? "?"} ms`;
  return (
    <>
      <div className="section-head">
        <h2>{address.taste.steps.length === 0 ? "For somebody unknown" : "For you"}</h2>
        <Waiting slow={slow}>
          {value !== null && `${address.onDevice ? "in this browser" : "by the server"}, ${time}`}
        </Waiting>
      </div>
      {value !== null && <Warnings texts={value.warnings} />}
      {error !== null && (
        <div className={results.length > 0 ? "over" : undefined}>
          <Problem error={error} again={again} title="No recommendations" />
        </div>
      )}
      {error === null && value === null && <RecommendationSkeletons />}
      {value !== null && results.length === 0 && (
        <Empty title="Nothing is left to recommend">Remove a step of the history.</Empty>
      )}
      {results.length > 0 && (
        <GridList
          aria-label="Recommendations"
          className="results"
          layout="grid"
          keyboardNavigationBehavior="tab"
          items={results}
          dependencies={[moved, items, add]}
          data-stale={fresh ? undefined : ""}
        >
          {(result: RankerResult) => (
            <Result result={result} picture={items.get(result.item)?.picture} moved={moved} add={add} />
          )}
        </GridList>
      )}
    </>
  );
}

function Result({
  result,
  picture,
  moved,
  add,
}: {
  result: RankerResult;
  picture: boolean | undefined;
  moved: ReadonlyMap<string, number | null>;
  add: RecommendationsProps["add"];
}) {
  const { item, probability, reason } = result;
  const title = result.title ?? item;
  return (
    <GridListItem id={item} textValue={title} className="result" onAction={() => add(item, 1)}>
      <Poster id={item} title={result.title} picture={picture} width={128} eager />
      <Moved places={moved.get(item)} />
      <strong className="clamp-2 small">{title}</strong>
      <span className="clamp-2 small quiet reason" title={reason ?? undefined}>
        {reason}
      </span>
      <span className="chance small number">
        <Bar share={probability} />
        {percent(probability)}
      </span>
      <span className="acts">
        <Button className="button icon-only" aria-label={`Like ${title}`} onPress={() => add(item, 1)}>
          <Icon name="like" />
        </Button>
        <Button className="button icon-only" aria-label={`Dislike ${title}`} onPress={() => add(item, 0)}>
          <Icon name="dislike" />
        </Button>
        <AppLink to={{ page: "why", candidates: [item] }} className="button plain small" label={`Why ${title}?`}>
          why?
        </AppLink>
      </span>
    </GridListItem>
  );
}

function Moved({ places }: { places: number | null | undefined }) {
  if (places === undefined || places === 0) return null;
  if (places === null) return <span className="moved tag for">new</span>;
  const up = places > 0;
  return (
    <span className={`moved tag ${up ? "for" : ""}`}>
      <span aria-hidden="true">{`${up ? "▲" : "▼"} ${Math.abs(places)}`}</span>
      <span className="hidden">{`${Math.abs(places)} ${up ? "up" : "down"}`}</span>
    </span>
  );
}

function RecommendationSkeletons() {
  return (
    <div className="results" aria-hidden="true">
      {Array.from({ length: 12 }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: twelve alike
        <div className="result" key={at}>
          <Skeleton height="auto" />
        </div>
      ))}
    </div>
  );
}
