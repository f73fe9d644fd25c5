import type { CatalogueItem, Explanation } from "../../../src/api/contract.js";
import { AppLink } from "../parts/app-link.js";
import { Poster } from "../parts/poster.js";

interface NearestProps {
  nearest: Explanation["nearest"];
  items: ReadonlyMap<string, CatalogueItem | null>;
}

/** By modality: the step of the history that is most like the candidate. */
export function Nearest({ nearest, items }: NearestProps) {
  const found = Object.entries(nearest);
  if (found.length === 0) return null;
  return (
    <section aria-label="Most alike in the history">
      <h3>Most alike in the history</h3>
      <ul className="nearest">
        {found.map(([modality, { item, title, cosine }]) => (
          <li key={modality}>
            <Poster id={item} title={title} picture={items.get(item)?.picture} width={48} />
            <span>
              <span className="small quiet">by {modality}</span>
              <AppLink to={{ page: "items", item }}>{title ?? item}</AppLink>
              <span className="small number quiet">cosine {cosine.toFixed(2)}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
