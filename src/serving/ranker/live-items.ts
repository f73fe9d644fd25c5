import type { NewItem, PutSummary } from "../../api/contract.js";
import { UNKNOWN_INDEX } from "../../data/columns.js";
import { MmdinError } from "../../errors.js";
import type { StateStore, StoredItem } from "../state/state-store.js";
import { checkNewItem, storedPictures } from "./put-item.js";
import type { ServedRun } from "./served-run.js";
import type { StoreLink } from "./store-link.js";

/** Stored items that are encoded together. */
const TOGETHER = 128;

/** What became of one put. */
export type Put = Pick<PutSummary, "created" | "modalities" | "ignored">;

/** Brings the items of a store, and those that are put, to a run. Who calls it lets one call end before the next. */
export class LiveItems {
  readonly run: ServedRun;
  readonly #state: StoreLink;
  /** Told of what an item of the store is wrong with: it stays unknown here. */
  readonly #failed: (error: Error) => void;
  /** Moments of the items that are here. */
  readonly #putAt = new Map<string, number>();
  /** All of the store up to this moment is here. */
  #seen = Number.NEGATIVE_INFINITY;

  constructor(run: ServedRun, { state, failed }: { state: StoreLink; failed: (error: Error) => void }) {
    this.run = run;
    this.#state = state;
    this.#failed = failed;
  }

  /** When the item was put, in seconds; undefined for one that was not. */
  putAt(id: string): number | undefined {
    return this.#putAt.get(id);
  }

  /** @throws MmdinError REQUEST for an item that cannot be read, STORE where it cannot be stored: nothing has then changed. */
  async put(item: NewItem): Promise<Put> {
    checkNewItem(item);
    const { desk, ids } = this.run;
    const pictures = item.pictures && (await storedPictures(item.pictures));
    const { id, record } = item;
    const stored = { id, record, ...(pictures && { pictures }) };
    const { token, modalities, ignored } = await desk.call("encode", [stored], { checked: true }).catch(asRequest);
    const moment = await this.#state
      .write((store) => store.putItem({ ...stored, putAt: Date.now() / 1000 }))
      .catch(async (error: unknown) => {
        await desk.call("drop", token);
        throw error;
      });
    const created = ids.items.indexOf(id) === UNKNOWN_INDEX;
    await this.run.take(await desk.call("join", token));
    this.#putAt.set(id, moment);
    return { created, modalities, ignored };
  }

  /** Takes over what has been put into the store since it was last looked at, by anybody. @throws MmdinError STORE */
  async refresh(store: StateStore): Promise<void> {
    let batch: StoredItem[] = [];
    for await (const item of store.items({ after: this.#seen })) {
      batch.push(item);
      if (batch.length < TOGETHER) continue;
      await this.#takeStored(store, batch);
      batch = [];
    }
    await this.#takeStored(store, batch);
  }

  async #takeStored(store: StateStore, batch: readonly StoredItem[]): Promise<void> {
    const fresh = batch.filter(({ id, putAt }) => putAt > (this.#putAt.get(id) ?? Number.NEGATIVE_INFINITY));
    if (fresh.length > 0) {
      const items = await Promise.all(
        fresh.map(async ({ id, record, pictures }): Promise<NewItem> => {
          return { id, record, ...(pictures && { pictures: await store.pictures(id) }) };
        }),
      );
      await this.#join(items);
      for (const { id, putAt } of fresh) this.#putAt.set(id, putAt);
    }
    this.#seen = batch.at(-1)?.putAt ?? this.#seen;
  }

  /** Where they cannot be read together, one after the other, without those that cannot be read. */
  async #join(items: readonly NewItem[]): Promise<void> {
    const { desk } = this.run;
    try {
      const { token } = await desk.call("encode", items, { checked: false });
      await this.run.take(await desk.call("join", token));
    } catch (error) {
      if (!isOfItem(error)) throw error;
      const [only] = items;
      if (items.length === 1 && only !== undefined) {
        const where = `item ${JSON.stringify(only.id)} of the store`;
        this.#failed(new MmdinError(error.code, error.problem, { ...error.details, where, cause: error }));
        return;
      }
      for (const item of items) await this.#join([item]);
    }
  }
}

const isOfItem = (error: unknown): error is MmdinError =>
  error instanceof MmdinError && ["REQUEST", "DATA", "MISMATCH"].includes(error.code);

/** What is wrong with a record is wrong with the request that brought it. */
function asRequest(error: unknown): never {
  if (!(error instanceof MmdinError && error.code === "DATA")) throw error;
  throw new MmdinError("REQUEST", error.problem, { ...error.details, cause: error });
}
