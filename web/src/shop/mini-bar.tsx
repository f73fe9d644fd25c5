import { Button } from "react-aria-components";
import { Poster } from "../parts/poster.js";
import { useItems } from "../server/item-store.js";
import type { Recommended } from "./use-recommendations.js";

/** Posters in the bar. */
const SHOWN = 6;

/** On a narrow screen, at the bottom: the first recommendations stay in sight while the catalogue is looked through. */
export function MiniBar({ answer }: { answer: Recommended }) {
  const results = (answer.value?.results ?? []).slice(0, SHOWN);
  const items = useItems(results.map(({ item }) => item));
  if (results.length === 0) return null;
  return (
    // Its name is what it shows: "For you", and the titles.
    <Button className="mini-bar" onPress={() => document.getElementById("for-you")?.scrollIntoView()}>
      <span className="small">For you</span>
      {results.map(({ item, title }) => (
        <Poster key={item} id={item} title={title} picture={items.get(item)?.picture} width={44} eager />
      ))}
    </Button>
  );
}
