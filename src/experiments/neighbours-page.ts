import { existsSync } from "node:fs";
import { isUnreadable } from "../modality/encoder.js";
import { pagePicture } from "../modality/page-picture.js";
import { readPictureFile } from "../modality/picture-file.js";
import { type PictureCell, picturePage } from "../modality/picture-page.js";
import type { Neighbours, ShownItem } from "./neighbours.js";

export interface NeighboursPage {
  html: string;
  /** Pictures that the catalogue names and that could not be shown, and why. */
  unreadable: { item: string; picture: string; reason: string }[];
}

/** A page that shows an item beside its neighbours, with pictures where they still lie below the dataset's root. */
export async function neighboursPage(found: Neighbours): Promise<NeighboursPage> {
  const { modality, dimension, encoder, compared, dataset, root, neighbours } = found;
  const unreadable: NeighboursPage["unreadable"] = [];
  const rootIsThere = existsSync(root);
  const draw = async ({ picture }: ShownItem) => {
    if (!rootIsThere) return { unreadable: `${root} is no longer there` };
    const bytes = await readPictureFile(picture, { root });
    return isUnreadable(bytes) ? bytes : pagePicture(bytes);
  };
  const cell = async (shown: ShownItem, caption: string): Promise<PictureCell> => {
    const words = { title: shown.title || shown.item, caption };
    if (shown.picture === "") return words;
    const picture = await draw(shown);
    if (!isUnreadable(picture)) return { ...words, picture };
    unreadable.push({ item: shown.item, picture: shown.picture, reason: picture.unreadable });
    return words;
  };
  const own = await cell(found, `item ${found.item}`);
  const cells: PictureCell[] = [];
  for (const near of neighbours) cells.push(await cell(near, `${near.similarity.toFixed(4)} · item ${near.item}`));
  const made = encoder === null ? "as given" : `encoded by ${encoder}`;
  const whole = compared.toLocaleString("en-US");
  const html = picturePage({
    title: `Nearest to ${own.title}`,
    intro: `The ${cells.length} most alike by ${modality} among ${whole} other items of ${dataset}: cosine similarity of ${dimension} numbers, ${made}.`,
    sections: [
      { heading: "The item", cells: [own] },
      { heading: `Nearest by ${modality}`, cells },
    ],
  });
  return { html, unreadable };
}
