import { Button } from "react-aria-components";
import { percent } from "../parts/format.js";
import { Poster } from "../parts/poster.js";
import { Problem, Skeleton } from "../parts/states.js";
import { useItems } from "../server/item-store.js";
import { useRecommendations } from "../shop/use-recommendations.js";

/** What is recommended now, to choose from. */
export function CandidateChoice({ pick }: { pick(id: string): void }) {
  const { value, error, again } = useRecommendations();
  const results = value?.results ?? [];
  const items = useItems(results.map(({ item }) => item));
  if (error !== null) return <Problem error={error} again={again} title="No recommendations" />;
  if (value === null) return <Skeleton height="16rem" />;
  return (
    <section aria-label="Recommended now">
      <h2>Which one?</h2>
      <ul className="choice">
        {results.map(({ item, title, probability }) => (
          <li key={item}>
            <Button className="choose" onPress={() => pick(item)}>
              <Poster id={item} title={title} picture={items.get(item)?.picture} width={112} eager />
              <span className="clamp-2 small">{title ?? item}</span>
              <span className="small quiet number">{percent(probability)}</span>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
