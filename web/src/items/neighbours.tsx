import { AppLink } from "../parts/app-link.js";
import { Poster } from "../parts/poster.js";
import { Problem, Skeleton } from "../parts/states.js";
import { useModel } from "../server/model-context.js";
import { server } from "../server/server.js";
import { useAnswer } from "../server/use-answer.js";

/** Posters in a row. */
const SHOWN = 12;

/** The items that one modality takes for the most alike, nearest first. */
export function Neighbours({ id, modality }: { id: string; modality: string }) {
  const { run } = useModel();
  const { value, error, again } = useAnswer(`neighbours ${run} ${id} ${modality}`, (signal) =>
    server.neighbours(id, { modality, k: SHOWN }, signal),
  );
  return (
    <section aria-label={`Nearest by ${modality}`}>
      <div className="section-head">
        <h2>Nearest by {modality}</h2>
        <span className="small quiet">cosine</span>
      </div>
      {error !== null && <Problem error={error} again={again} title="No neighbours" />}
      {error === null && value === null && <Skeleton height="12rem" />}
      {value !== null && value.length === 0 && <p className="quiet">It has no {modality}: nothing to compare.</p>}
      {value !== null && value.length > 0 && (
        <ul className="row-of-posters">
          {value.map(({ item, cosine }) => (
            <li key={item.id}>
              <AppLink to={{ page: "items", item: item.id }} className="poster-link">
                <Poster id={item.id} title={item.title} picture={item.picture} width={104} />
                <span className="clamp-2 small">{item.title ?? item.id}</span>
                <span className="small quiet number">{cosine.toFixed(2)}</span>
              </AppLink>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
