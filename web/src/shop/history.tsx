import { useRef } from "react";
import { Button, GridList, GridListItem, useDragAndDrop } from "react-aria-components";
import { useApp } from "../address/address-context.js";
import { reordered, type Step } from "../address/steps.js";
import { age } from "../parts/format.js";
import { Icon } from "../parts/icon.js";
import { Poster } from "../parts/poster.js";
import { useItems } from "../server/item-store.js";
import { useModel } from "../server/model-context.js";
import { useUsualFeatures } from "../server/usual-features.js";

interface Shown {
  /** By which the collection knows it. */
  id: string;
  /** Place in the history, oldest 0: the same item can be there twice. */
  at: number;
  step: Step;
}

/** The history as a strip of posters, newest first: liked or disliked, dragged to another place, removed. */
export function History() {
  const { address, change } = useApp();
  const model = useModel();
  const usual = useUsualFeatures();
  const { user, steps } = address.taste;
  const items = useItems(steps.map(({ item }) => item));
  const shown = steps.map((step, at): Shown => ({ id: String(at), at, step })).reverse();
  const latest = useRef(shown);
  latest.current = shown;
  const titleOf = (step: Step): string => items.get(step.item)?.title ?? step.item;

  const set = (next: readonly Step[]): void => change({ user, steps: next });
  const remove = (gone: ReadonlySet<number>): void => set(steps.filter((_, at) => !gone.has(at)));
  const relabel = (at: number): void =>
    set(
      steps.map((step, place): Step => {
        if (place !== at) return step;
        const label = step.label === 1 ? 0 : 1;
        const features = usual.get(label) ?? step.features;
        return { ...step, label, ...(features !== undefined && { features }) };
      }),
    );
  const { dragAndDropHooks } = useDragAndDrop({
    getItems: (keys) => [...keys].map((key) => ({ "text/plain": titleOf(steps[Number(key)]!) })),
    onReorder({ keys, target }) {
      const moving = latest.current.filter(({ at }) => keys.has(String(at)));
      const staying = latest.current.filter(({ at }) => !keys.has(String(at)));
      const place =
        staying.findIndex(({ at }) => String(at) === target.key) + (target.dropPosition === "after" ? 1 : 0);
      const order = [...staying.slice(0, place), ...moving, ...staying.slice(place)].map(({ at }) => at);
      set(reordered(steps, order.reverse()));
    },
  });
  const now = Math.max(...steps.map(({ time }) => time ?? Number.NEGATIVE_INFINITY));

  return (
    <GridList
      aria-label="History, newest first"
      className="history"
      layout="grid"
      orientation="horizontal"
      keyboardNavigationBehavior="tab"
      items={shown}
      dependencies={[items, steps]}
      dragAndDropHooks={dragAndDropHooks}
      renderEmptyState={() => (
        <p className="quiet">
          Empty. Click a poster of the catalogue, or look somebody up; here you drag, like, dislike and remove.
        </p>
      )}
    >
      {({ id, at, step }: Shown) => {
        const title = titleOf(step);
        const liked = step.label === 1;
        const old = step.time === undefined || model.clock === "order" ? null : age(now - step.time);
        return (
          <GridListItem id={id} textValue={title} className={`step ${liked ? "" : "disliked"}`}>
            <Poster
              id={step.item}
              title={items.get(step.item)?.title ?? null}
              picture={items.get(step.item)?.picture}
              width={64}
            />
            <Button slot="drag" className="button icon-only drag" aria-label={`Move ${title}`}>
              <Icon name="drag" />
            </Button>
            <span className="acts">
              <Button
                className={`button icon-only on ${liked ? "for" : "against"}`}
                aria-label={`${title}: ${step.label === null ? "not judged" : liked ? "liked" : "disliked"}. Change it`}
                onPress={() => relabel(at)}
              >
                <Icon name={liked ? "like" : "dislike"} filled={liked} />
              </Button>
              <Button className="button icon-only" aria-label={`Remove ${title}`} onPress={() => remove(new Set([at]))}>
                <Icon name="remove" />
              </Button>
            </span>
            <span className="hidden">
              {title}
              {old !== null && old !== "0 s" ? `, ${old} before the newest` : ""}
            </span>
          </GridListItem>
        );
      }}
    </GridList>
  );
}
