import type { CatalogueItem, FindItems, FoundItems } from "../../api/contract.js";
import { UNKNOWN_INDEX } from "../../data/columns.js";
import { MmdinError } from "../../errors.js";
import type { RankerObserver } from "../ranker-contract.js";
import { checkId } from "./check-question.js";
import { ItemPictures, type Picture } from "./item-pictures.js";
import type { LiveItems } from "./live-items.js";
import { pictureToken, tokenIn } from "./put-item.js";
import type { ServedRun } from "./served-run.js";
import { shownItem } from "./shown-items.js";
import type { StoreLink } from "./store-link.js";

/** Shows the items of a run: what is known of them, pictures, what they are alike. */
export class ItemShelf {
  readonly #state: StoreLink;
  readonly #pictures: ItemPictures;

  constructor(state: StoreLink, observer: RankerObserver) {
    this.#state = state;
    this.#pictures = new ItemPictures(observer);
  }

  async item(id: string, run: ServedRun): Promise<CatalogueItem | null> {
    checkId(id, "id");
    const index = run.ids.items.indexOf(id);
    return index === UNKNOWN_INDEX ? null : (await this.#shown([index], run))[0]!;
  }

  async items(query: FindItems, run: ServedRun): Promise<FoundItems> {
    const { items, total } = await run.desk.call("find", query);
    return { items: await this.#shown(items, run), total };
  }

  async neighbours(
    id: string,
    { modality, k }: { modality: string; k?: number | undefined },
    run: ServedRun,
  ): Promise<{ item: CatalogueItem; cosine: number }[]> {
    checkId(id, "id");
    const index = run.ids.items.indexOf(id);
    if (index === UNKNOWN_INDEX)
      throw new MmdinError("REQUEST", "there is no such item", { where: "id", got: JSON.stringify(id) });
    const near = await run.desk.call("near", index, { modality, k });
    const items = await this.#shown(
      near.map(({ item }) => item),
      run,
    );
    return near.map(({ cosine }, at) => ({ item: items[at]!, cosine }));
  }

  /** @throws MmdinError STORE where the picture came with an item that was put, and the store does not answer. */
  async picture(
    id: string,
    { width }: { width?: number | undefined },
    { run, putAt }: { run: ServedRun; putAt: LiveItems["putAt"] },
  ): Promise<Picture | null> {
    checkId(id, "id");
    const path = run.pictures[run.ids.items.indexOf(id)] ?? "";
    if (path === "") return null;
    const { root } = run.manifest.dataset;
    const token = tokenIn(path);
    const moment = putAt(id);
    if (token === null || moment === undefined) return this.#pictures.of(path, { root, width });
    const read = async (): Promise<Uint8Array | { unreadable: string }> => {
      const pictures = await this.#state.write((store) => store.pictures(id));
      const found = Object.values(pictures).find((bytes) => pictureToken(bytes) === token);
      return found ?? { unreadable: "another one was put" };
    };
    return this.#pictures.draw(`${token} ${moment} ${id}`, { width, read });
  }

  /** Items with what was counted of them since the log. */
  async #shown(items: readonly number[], run: ServedRun): Promise<CatalogueItem[]> {
    const { catalogue, ids, titles, pictures, ownItems: own } = run;
    const shown = items.map((index) => shownItem(index, { catalogue, ids: ids.items.ids, titles, pictures, own }));
    const names = shown.map(({ id }) => id);
    const counted = await this.#state.read((store) => store.itemCounters(names), { without: [], warnings: new Set() });
    return shown.map((item, at) => {
      const { count = 0, positives = 0 } = counted[at] ?? {};
      const { counters } = item;
      return { ...item, counters: { count: counters.count + count, positives: counters.positives + positives } };
    });
  }
}
