import { type CSSProperties, useState } from "react";
import { Button } from "react-aria-components";
import type { CatalogueItem } from "../../../src/api/contract.js";
import { questionOf, type Step } from "../address/steps.js";
import { AppLink } from "../parts/app-link.js";
import { count, percent } from "../parts/format.js";
import { Poster } from "../parts/poster.js";
import { Problem, Skeleton } from "../parts/states.js";
import { useItems } from "../server/item-store.js";
import { useModel } from "../server/model-context.js";
import { server } from "../server/server.js";
import { stepsOf } from "../server/steps-of.js";
import { useAnswer } from "../server/use-answer.js";
import { wholeCatalogue } from "../server/whole-catalogue.js";

/** People at once. */
const PEOPLE = 3;
/** People to go through. */
const KNOWN = 200;

/** The place of one item among the catalogue, for three people. */
export function WhereItLands({ item }: { item: CatalogueItem }) {
  const { run } = useModel();
  const {
    value: people,
    error,
    again,
  } = useAnswer(`people of ${run}`, (signal) => server.users({ limit: KNOWN }, signal));
  const [turned, setTurned] = useState<readonly number[]>([0, 0, 0]);
  if (error !== null) return <Problem error={error} again={again} title="Nobody is known" />;
  if (people === null) return <Skeleton height="14rem" />;
  const stride = Math.max(1, Math.floor(people.length / PEOPLE));
  const chosen = Array.from({ length: Math.min(PEOPLE, people.length) }, (_, at) => {
    const inside = (turned[at] ?? 0) % stride;
    return people[(at * stride + inside) % people.length]!;
  });
  return (
    <section aria-label="Where it lands">
      <div className="section-head">
        <h2>Where it lands</h2>
        <span className="small quiet">its place among the catalogue, as the model sees it now</span>
      </div>
      {people.length === 0 && <p className="quiet">The log of this run names nobody.</p>}
      <ul className="landings">
        {chosen.map((user, at) => (
          <li key={user}>
            <Landing
              user={user}
              item={item}
              another={() => setTurned(turned.map((n, place) => (place === at ? n + 1 : n)))}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Landing({ user, item, another }: { user: string; item: CatalogueItem; another(): void }) {
  const model = useModel();
  const { value, error, again } = useAnswer(`landing ${model.run} ${user} ${item.id}`, async (signal) => {
    const [history, rivals] = await Promise.all([server.history(user, signal), wholeCatalogue(model, signal)]);
    const steps = stepsOf(history).slice(-model.historyLength);
    const candidates = [item.id, ...rivals.map(({ id }) => id).filter((id) => id !== item.id)];
    const { results } = await server.rank({ ...questionOf({ user, steps }, model), candidates }, signal);
    const place = results.findIndex((result) => result.item === item.id);
    return { steps, place, of: results.length, probability: results[place]?.probability ?? Number.NaN };
  });
  const liked = latestLiked(value?.steps ?? []);
  const items = useItems(liked);
  if (error !== null) return <Problem error={error} again={again} title={`Nothing for ${user}`} />;
  return (
    <div className="landing">
      <div className="section-head">
        <strong>{user}</strong>
        <Button className="button plain small" onPress={another} aria-label={`Somebody else than ${user}`}>
          somebody else
        </Button>
      </div>
      <div
        className="liked"
        role="img"
        aria-label={`Liked last: ${liked.map((id) => items.get(id)?.title ?? id).join(", ")}`}
      >
        {liked.map((id) => (
          <Poster key={id} id={id} title={items.get(id)?.title ?? null} picture={items.get(id)?.picture} width={48} />
        ))}
      </div>
      {value === null ? (
        <Skeleton height="5rem" />
      ) : (
        <>
          <p className="place">
            <strong className="number">{count(value.place + 1)}.</strong>{" "}
            <span className="quiet">of {count(value.of)}</span>
          </p>
          <span className="scale" aria-hidden="true">
            <i style={{ "--at": value.of < 2 ? 0 : value.place / (value.of - 1) } as CSSProperties} />
          </span>
          <p className="small">
            {percent(value.probability)} that it is wanted.{" "}
            <AppLink
              to={{ page: "why", taste: { user, steps: value.steps }, candidates: [item.id] }}
              label={`Why, for ${user}?`}
            >
              Why?
            </AppLink>
          </p>
        </>
      )}
    </div>
  );
}

function latestLiked(steps: readonly Step[]): string[] {
  const liked = steps.filter(({ label }) => label !== 0).map(({ item }) => item);
  return [...new Set(liked.reverse())].slice(0, 5);
}
