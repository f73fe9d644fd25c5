import { Button } from "react-aria-components";
import type { CatalogueItem } from "../../../src/api/contract.js";
import { useApp } from "../address/address-context.js";
import { nextTime, type Step } from "../address/steps.js";
import { AppLink } from "../parts/app-link.js";
import { count, percent } from "../parts/format.js";
import { Icon } from "../parts/icon.js";
import { Poster } from "../parts/poster.js";
import { Problem, Skeleton } from "../parts/states.js";
import { useModel } from "../server/model-context.js";
import { server } from "../server/server.js";
import { useAnswer } from "../server/use-answer.js";
import { useUsualFeatures } from "../server/usual-features.js";
import { Neighbours } from "./neighbours.js";
import { WhereItLands } from "./where-it-lands.js";

const ORIGINS: Record<CatalogueItem["origin"], string> = {
  trained: "seen in training",
  catalogue: "never seen in training",
  added: "added to this server",
};

/** Everything that is known of one item. */
export function ItemView({ id }: { id: string }) {
  const model = useModel();
  const { value: item, error, again } = useAnswer(`item ${model.run} ${id}`, (signal) => server.item(id, signal));
  if (error !== null) return <Problem error={error} again={again} title="The item is not there" />;
  if (item === null) return <Skeleton height="24rem" />;
  const vectors = model.modalities.filter(({ kind }) => kind === "vector");
  return (
    <article className="item">
      <ItemFacts item={item} />
      <div className="item-more">
        <WhereItLands item={item} />
        {vectors.map(({ name }) => (
          <Neighbours key={name} id={id} modality={name} />
        ))}
      </div>
    </article>
  );
}

function ItemFacts({ item }: { item: CatalogueItem }) {
  const { address, change } = useApp();
  const model = useModel();
  const usual = useUsualFeatures();
  const { id, title, picture, origin, categories, numbers, counters } = item;
  const add = (label: 0 | 1): void => {
    const { user, steps } = address.taste;
    const features = usual.get(label);
    const step: Step = { item: id, label, time: nextTime(steps, model), ...(features !== undefined && { features }) };
    change({ user, steps: [...steps, step] });
  };
  const times = address.taste.steps.filter((step) => step.item === id).length;
  return (
    <div className="facts">
      <Poster id={id} title={title} picture={picture} width={240} eager />
      <div className="facts-text">
        <h2>{title ?? id}</h2>
        <span className={`tag ${origin === "trained" ? "" : "for"}`}>{ORIGINS[origin]}</span>
        <dl className="pairs">
          <div>
            <dt>id</dt>
            <dd>{id}</dd>
          </div>
          {Object.entries(categories).map(([name, values]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{values.length === 0 ? "missing" : values.join(", ")}</dd>
            </div>
          ))}
          {Object.entries(numbers).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="number">{value === null ? "missing" : count(Number(value.toPrecision(6)))}</dd>
            </div>
          ))}
          <div>
            <dt>events</dt>
            <dd className="number">
              {count(counters.count)}
              {counters.count > 0 && ` (${percent(counters.positives / counters.count, 0)} positive)`}
            </dd>
          </div>
        </dl>
        <div className="row">
          <Button className="button" onPress={() => add(1)}>
            <Icon name="like" /> Like
          </Button>
          <Button className="button" onPress={() => add(0)}>
            <Icon name="dislike" /> Dislike
          </Button>
          <AppLink to={{ page: "why", candidates: [id] }} className="button">
            Why?
          </AppLink>
        </div>
        <p className="small quiet" role="status">
          {times > 0 && `In your history${times > 1 ? ` ${times} times` : ""}.`}
        </p>
      </div>
    </div>
  );
}
