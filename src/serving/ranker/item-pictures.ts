import { isUnreadable } from "../../modality/encoder.js";
import { pagePicture } from "../../modality/page-picture.js";
import { readPictureFile } from "../../modality/picture-file.js";
import type { RankerObserver } from "../ranker-contract.js";
import { wrong } from "./check-question.js";

export interface Picture {
  bytes: Uint8Array;
  type: string;
}

/** Bytes of pictures that are kept. */
const KEPT = 32 * 2 ** 20;
/** Pictures that are drawn at a time. */
const AT_ONCE = 4;
const WIDTH = 512;

/** Draws pictures of items anew, at most so wide, and keeps those that were asked for last. */
export class ItemPictures {
  readonly #kept = new Map<string, Picture>();
  readonly #observer: RankerObserver;
  #bytes = 0;
  #drawing = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(observer: RankerObserver) {
    this.#observer = observer;
  }

  /** Null where there is none, or none that can be read. */
  async of(
    path: string,
    { root, width = WIDTH }: { root: string; width?: number | undefined },
  ): Promise<Picture | null> {
    return this.draw(path, { width, read: () => readPictureFile(path, { root }) });
  }

  /** @param key names the picture for as long as it is what it is. */
  async draw(
    key: string,
    { width = WIDTH, read }: { width?: number | undefined; read: () => ReturnType<typeof readPictureFile> },
  ): Promise<Picture | null> {
    if (!Number.isSafeInteger(width) || width < 1 || width > WIDTH)
      throw wrong("width", { expected: `a whole number of pixels from 1 to ${WIDTH}`, got: String(width) });
    const name = `${width} ${key}`;
    const known = this.#kept.get(name);
    this.#observer.cache?.("picture", known !== undefined);
    if (known !== undefined) {
      this.#kept.delete(name);
      this.#kept.set(name, known); // the last one asked for
      return known;
    }
    await this.#turn();
    try {
      const bytes = await read();
      if (isUnreadable(bytes)) return null;
      const picture = await pagePicture(bytes, { width });
      if (isUnreadable(picture)) return null;
      this.#keep(name, picture);
      return picture;
    } finally {
      this.#drawing -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    while (this.#drawing >= AT_ONCE) await new Promise<void>((next) => this.#waiting.push(next));
    this.#drawing += 1;
  }

  #keep(name: string, picture: Picture): void {
    this.#bytes += picture.bytes.length - (this.#kept.get(name)?.bytes.length ?? 0);
    this.#kept.set(name, picture);
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#bytes <= KEPT) break;
      this.#kept.delete(oldest);
      this.#bytes -= bytes.length;
    }
  }
}
