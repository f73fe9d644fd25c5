import sharp from "sharp";
import { csv } from "./dataset-folder.js";

/** A picture of one colour. */
export function plainPicture(width: number, height: number): Promise<Uint8Array> {
  return sharp({ create: { width, height, channels: 3, background: "#204060" } })
    .png()
    .toBuffer();
}

/**
 * A dataset whose items look in known directions: p and q as the lamp, r at .6 of it, s at right angles, t against it; u has
 * no look, z a look of zeros. The lamp has a picture 480 px wide, p a broken one, q a path to nothing; the others none.
 */
export async function shopOfLooks(): Promise<Record<string, string | Uint8Array>> {
  const item = (id: string, look: number[] | null, more: { title?: string; picture?: string } = {}) =>
    JSON.stringify({ id, look, title: null, picture: null, price: 1, ...more });
  const lines = [
    item("lamp", [1, 0], { title: "Red <b>lamp</b>", picture: "pictures/lamp.png" }),
    item("q", [3, 0], { picture: "pictures/none.png" }),
    item("p", [2, 0], { title: "Blue lamp", picture: "pictures/broken.png" }),
    item("r", [3, 4], { title: "Chair" }),
    item("s", [0, 1]),
    item("t", [-1, 0]),
    item("u", null),
    item("z", [0, 0]),
  ];
  const seen = ["lamp", "p", "q", "r", "s", "t", "u", "z"].map((id, time) => ["a", id, 100 * (time + 1), time % 2]);
  return {
    "dataset.yaml": `
name: shop
events: { from: events.csv, user: user, item: item, time: ts, label: liked }
items:
  from: items.jsonl
  id: id
  title: title
  picture: picture
  modalities:
    price: { kind: number, from: price }
    look: { kind: vector, from: look }
split: { by: time, valid: 650, test: 750 }
`,
    "events.csv": csv("user,item,ts,liked", seen),
    "items.jsonl": lines.join("\n"),
    "pictures/lamp.png": await plainPicture(480, 720),
    "pictures/broken.png": (await plainPicture(64, 64)).subarray(0, 60),
  };
}
