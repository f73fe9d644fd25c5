import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { loadIds } from "../src/data/index.js";
import { openDataset } from "../src/index.js";
import { csv, datasetFolder } from "./dataset-folder.js";

const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#a04020" } });

/** 400 million pixels; made once, for it takes seconds. */
const HUGE = sharp({
  create: { width: 20_000, height: 20_000, channels: 3, background: "black" },
  limitInputPixels: false,
})
  .png({ compressionLevel: 1 })
  .toBuffer();

/** A picture whose colours differ from place to place, so that it is no other's. */
async function scene(k: number): Promise<Uint8Array> {
  const [width, height] = [40, 60];
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * (k + 3) + (at >> 5) * k) % 256);
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/** What each odd item has; g1 to g6 are good ones. */
const TEXTS: Record<string, string | null> = {
  empty: "",
  spaces: "   ",
  none: null,
  character: "x",
  unseen: "zyzzyva",
  mark: "?!",
  megabyte: "lamp chair ".repeat(95_326),
  japanese: "赤いランプと木の椅子",
  arabic: "مصباح أحمر كرسي",
};
const PICTURES: Record<string, string | null> = {
  folder: "pictures/folder",
  truncated: "pictures/truncated.jpg",
  nothing: "pictures/empty.png",
  wide: "pictures/wide.png",
  huge: "pictures/huge.png",
  cmyk: "pictures/cmyk.jpg",
  animated: "pictures/animated.gif",
  svg: "pictures/drawing.svg",
  outside: "../secret.png",
  link: "pictures/link.png",
  absent: "pictures/none.png",
  url: "https://example.org/a.png",
  text: "pictures/notes.png",
};

async function shop(yaml = "") {
  const good = ["g1", "g2", "g3", "g4", "g5", "g6"];
  const items = [
    ...good.map((id, k) => ({
      id,
      text: ["red lamp", "blue lamp", "red chair", "wooden chair", "lamp 赤い", "كرسي"][k],
      photo: `pictures/${id}.png`,
    })),
    ...Object.entries(TEXTS).map(([id, text]) => ({ id, text, photo: null })),
    ...Object.entries(PICTURES).map(([id, photo]) => ({ id, text: "red lamp", photo })),
  ];
  const events = Array.from({ length: 60 }, (_, e) => [`u${e % 5}`, good[(e * 7 + (e >> 2)) % 6]!, 100 + e, e % 2]);
  const whole = await sharp(await scene(8))
    .jpeg()
    .toBuffer();
  const truncated = whole.subarray(0, whole.length / 2);
  const frame = await plain(8, 8).png().toBuffer();
  const animated = await sharp([frame, frame], { join: { animated: true } })
    .gif()
    .toBuffer();
  const folder = datasetFolder({
    "shop/dataset.yaml": `
name: shop
events: { from: events.csv, user: user, item: item, time: ts, label: liked }
items:
  from: items.jsonl
  id: id
  modalities:
    text: { kind: text, from: text }
    photo: { kind: image, from: photo }
${yaml}`,
    "shop/events.csv": csv("user,item,ts,liked", events),
    "shop/items.jsonl": items.map((item) => JSON.stringify(item)).join("\n"),
    ...Object.fromEntries(
      await Promise.all(good.map(async (id, k) => [`shop/pictures/${id}.png`, await scene(k)] as const)),
    ),
    "secret.png": await scene(9),
    "shop/pictures/truncated.jpg": truncated,
    "shop/pictures/empty.png": "",
    "shop/pictures/wide.png": await plain(20_000, 20).png().toBuffer(),
    "shop/pictures/huge.png": await HUGE,
    "shop/pictures/cmyk.jpg": await plain(40, 60).toColourspace("cmyk").jpeg().toBuffer(),
    "shop/pictures/animated.gif": animated,
    "shop/pictures/drawing.svg":
      '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/hostname" width="9" height="9"/></svg>',
    "shop/pictures/notes.png": "not a picture at all, but long enough to be looked at",
  });
  mkdirSync(join(folder.path, "shop", "pictures", "folder"));
  symlinkSync(join(folder.path, "secret.png"), join(folder.path, "shop", "pictures", "link.png"));
  return folder;
}

test("every odd text and picture is a counted, named item that lacks the modality, or is encoded", async () => {
  const folder = await shop();
  const { prepare } = await import("../src/index.js");
  const out = join(folder.path, "out");
  const { encodings, modalities } = await prepare(join(folder.path, "shop", "dataset.yaml"), { out, cache: false });
  expect(encodings.text).toMatchObject({ encoder: "lsa", empty: 3 });
  expect(encodings.text?.unreadable).toEqual([
    { reason: "no word that training knows", items: 3, examples: ["character", "mark", "unseen"] },
  ]);
  const reasons = Object.fromEntries(
    encodings.photo!.unreadable.flatMap(({ reason, examples }) => examples.map((id) => [id, reason])),
  );
  expect(reasons).toEqual({
    folder: "a folder",
    truncated: "truncated or damaged",
    nothing: "0 bytes",
    huge: "more than 100 million pixels",
    svg: "SVG is not read: it can hold scripts and references to other files",
    outside: "a path out of the root",
    link: "a path out of the root, through a link",
    absent: "nothing at this path",
    url: "a URL: pictures are read from files",
    text: "none of JPEG, PNG, WebP, GIF, AVIF, TIFF",
  });
  const { catalogue } = openDataset(out);
  const ids = loadIds(catalogue, "items");
  const withIt = (name: string): string[] => {
    const column = catalogue.modalities.find((modality) => modality.name === name);
    return ids.filter((_, item) => column?.kind === "vector" && column.row[item]! >= 0);
  };
  expect(withIt("photo")).toEqual(["g1", "g2", "g3", "g4", "g5", "g6", "animated", "cmyk", "wide"]);
  expect(withIt("text")).toEqual(expect.arrayContaining(["arabic", "japanese", "megabyte"]));
  expect(modalities.photo?.trainedItems).toBe(1);
});

test("two modalities of one name are refused where the second one stands", async () => {
  const folder = await shop("    text: { kind: text, from: id }\n");
  const { prepare } = await import("../src/index.js");
  await expect(prepare(join(folder.path, "shop", "dataset.yaml"), { out: join(folder.path, "out") })).rejects.toThrow(
    /dataset\.yaml:10:\d+.*text/,
  );
});

test.each([
  ["lsaa", "text", 'no encoder "lsaa": expected lsa, or hf:owner/model. Did you mean "lsa"?'],
  [
    "pixels",
    "text",
    '"pixels" encodes the other kind, image: expected lsa, or hf:owner/model. Name one that encodes text',
  ],
])("an encoder %s of a %s ends in one error at its line", async (encoder, kind, message) => {
  const folder = await shop(`    other: { kind: ${kind}, from: text, encoder: ${encoder} }\n`);
  const { prepare } = await import("../src/index.js");
  const failing = prepare(join(folder.path, "shop", "dataset.yaml"), { out: join(folder.path, "out"), cache: false });
  await expect(failing).rejects.toThrow("dataset.yaml:10:");
  await expect(failing).rejects.toThrow(message);
});

test("a text that is not UTF-8 ends in one error that names the file", async () => {
  const folder = datasetFolder({
    "dataset.yaml": `
name: shop
events: { from: events.csv, user: user, item: item, time: ts, label: liked }
items: { from: items.csv, id: id, modalities: { text: { kind: text, from: text } } }
`,
    "events.csv": csv("user,item,ts,liked", [["a", "1", 1, 1]]),
    "items.csv": Buffer.concat([Buffer.from("id,text\n1,caf"), Buffer.from([0xe9, 0x0a])]),
  });
  await expect(folder.prepare()).rejects.toThrow("items.csv:2: this file is not UTF-8. Save it as UTF-8");
});
