import { memo, useEffect, useState } from "react";
import { Button, GridList, GridListItem, Input, Label, SearchField } from "react-aria-components";
import type { CatalogueItem } from "../../../src/api/contract.js";
import type { Address } from "../address/address.js";
import { useActions } from "../address/address-context.js";
import { AppLink } from "../parts/app-link.js";
import { count } from "../parts/format.js";
import { Icon } from "../parts/icon.js";
import { Poster } from "../parts/poster.js";
import { Empty, Problem, Skeleton, Waiting } from "../parts/states.js";
import { rememberItems } from "../server/item-store.js";
import { useModel } from "../server/model-context.js";
import { server } from "../server/server.js";
import { useAnswer } from "../server/use-answer.js";
import { useIsChosen } from "./chosen-items.js";
import { FilterFields } from "./filter-fields.js";

/** Items of one page; more come when they are asked for. */
const PAGE = 48;

interface CatalogueProps {
  add(item: string, label: 0 | 1): void;
}

/** Everything there is: searched, filtered, as posters; a click makes one a liked step of the history. */
export const Catalogue = memo(function Catalogue({
  add,
  search,
  filters,
}: CatalogueProps & Pick<Address, "search" | "filters">) {
  const { amend } = useActions();
  const { run } = useModel();
  const asked = JSON.stringify({ search, filters });
  const [limit, setLimit] = useState({ asked, items: PAGE });
  const wanted = limit.asked === asked ? limit.items : PAGE;
  const answer = useAnswer(`items ${run} ${asked} ${wanted}`, (signal) =>
    findItems({ search, filters }, { wanted, signal }),
  );
  const { value, error, slow, again } = answer;
  useEffect(() => {
    if (value !== null) rememberItems(value.items);
  }, [value]);
  return (
    <>
      <div className="section-head">
        <h2>Catalogue</h2>
        <Waiting slow={slow}>
          {value !== null && `${count(value.total)} ${value.total === 1 ? "item" : "items"}`}
        </Waiting>
      </div>
      <search className="search">
        <SearchField className="field find" value={search} onChange={(text) => amend({ search: text })}>
          <Label className="hidden">Search titles</Label>
          <Input placeholder="Search titles" />
        </SearchField>
        <FilterFields filters={filters} />
      </search>
      {error !== null && <Problem error={error} again={again} title="The catalogue is not there" />}
      {error === null && value === null && <PosterSkeletons />}
      {error === null && value !== null && value.total === 0 && (
        <Empty title="Nothing fits">
          <Button className="button" onPress={() => amend({ search: "", filters: {} })}>
            Show everything
          </Button>
        </Empty>
      )}
      {value !== null && value.items.length > 0 && (
        <>
          <Posters items={value.items} add={add} />
          {value.items.length < value.total && (
            <Button className="button more" onPress={() => setLimit({ asked, items: wanted + 2 * PAGE })}>
              Show more: {count(value.items.length)} of {count(value.total)} are here
            </Button>
          )}
        </>
      )}
    </>
  );
});

const Posters = memo(function Posters({ items, add }: CatalogueProps & { items: readonly CatalogueItem[] }) {
  return (
    <GridList
      aria-label="Items of the catalogue"
      className="posters"
      layout="grid"
      keyboardNavigationBehavior="tab"
      items={items}
      dependencies={[add]}
    >
      {(item: CatalogueItem) => <Card item={item} add={add} />}
    </GridList>
  );
});

function Card({ item, add }: { item: CatalogueItem; add: CatalogueProps["add"] }) {
  const chosen = useIsChosen(item.id);
  const title = item.title ?? item.id;
  return (
    <GridListItem
      id={item.id}
      textValue={title}
      className={`card ${chosen ? "chosen" : ""}`}
      onAction={() => {
        performance.mark("clicked");
        add(item.id, 1);
      }}
    >
      <span className="frame">
        <Poster id={item.id} title={item.title} picture={item.picture} width={144} />
        {chosen && (
          <span className="badge tag for">
            <Icon name="like" filled />
            <span className="hidden">in your history</span>
          </span>
        )}
      </span>
      <span className="clamp-2 small">{title}</span>
      <AppLink to={{ page: "items", item: item.id }} className="button icon-only about" label={`About ${title}`}>
        <Icon name="more" />
      </AppLink>
    </GridListItem>
  );
}

function PosterSkeletons() {
  return (
    <div className="posters" aria-hidden="true">
      {Array.from({ length: 24 }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: all alike
        <div className="card" key={at}>
          <Skeleton height="auto" />
        </div>
      ))}
    </div>
  );
}

/** One answer of the server holds at most so many items. */
const AT_ONCE = 200;

async function findItems(
  query: Pick<Parameters<typeof server.items>[0], "search" | "filters">,
  { wanted, signal }: { wanted: number; signal: AbortSignal },
): Promise<{ items: CatalogueItem[]; total: number }> {
  const items: CatalogueItem[] = [];
  let total = Number.POSITIVE_INFINITY;
  while (items.length < Math.min(wanted, total)) {
    const limit = Math.min(AT_ONCE, wanted - items.length);
    const page = await server.items({ ...query, offset: items.length, limit }, signal);
    items.push(...page.items);
    total = page.total;
    if (page.items.length === 0) break;
  }
  return { items, total: Number.isFinite(total) ? total : 0 };
}
