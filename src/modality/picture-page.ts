import { createHash } from "node:crypto";
import { packageVersion } from "../package-version.js";
import { escapeHtml } from "./escape-html.js";
import { PICTURE_PAGE_STYLE } from "./picture-page-style.js";

/** One item of a page: its picture, or a tile that bears its title. */
export interface PictureCell {
  title: string;
  /** A line below the title. */
  caption?: string;
  /** A file's bytes and its type: "image/jpeg". */
  picture?: { bytes: Uint8Array; type: string };
}

export interface PictureSection {
  heading?: string;
  cells: readonly PictureCell[];
}

export interface PicturePage {
  title: string;
  /** One or two sentences below the title. */
  intro?: string;
  /** The first of two stands beside the second where there is room, if it holds one item. */
  sections: readonly PictureSection[];
}

/**
 * A page of pictures and titles as one HTML file that needs nothing else: the pictures are in it, it follows the
 * reader's light or dark theme, and no script of it runs and nothing of it is fetched, whatever the texts hold.
 *
 * Frames are 2 wide and 3 high; a picture of another shape is shown whole within its frame.
 *
 * @example
 * const picture = { bytes: readFileSync("posters/1.jpg"), type: "image/jpeg" };
 * writeFileSync("films.html", picturePage({ title: "Films", sections: [{ cells: [{ title: "Toy Story", picture }] }] }));
 */
export function picturePage({ title, intro, sections }: PicturePage): string {
  const styleHash = createHash("sha256").update(PICTURE_PAGE_STYLE).digest("base64");
  const policy = `default-src 'none'; img-src data:; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`;
  const beside = sections.length === 2 && sections[0]!.cells.length === 1;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="mmdin ${escapeHtml(packageVersion())}">
<title>${escapeHtml(title)}</title>
<style>${PICTURE_PAGE_STYLE}</style>
</head>
<body>
<header>
<h1 dir="auto">${escapeHtml(title)}</h1>
${intro === undefined ? "" : `<p dir="auto">${escapeHtml(intro)}</p>\n`}</header>
<main${beside ? ' class="beside"' : ""}>
${sections.map(renderSection).join("\n")}
</main>
</body>
</html>
`;
}

function renderSection({ heading, cells }: PictureSection): string {
  const top = heading === undefined ? "" : `<h2 dir="auto">${escapeHtml(heading)}</h2>\n`;
  return `<section>\n${top}<ul>\n${cells.map(renderCell).join("\n")}\n</ul>\n</section>`;
}

function renderCell({ title, caption, picture }: PictureCell): string {
  const name = escapeHtml(title);
  const below = caption === undefined ? "" : `<span dir="auto">${escapeHtml(caption)}</span>`;
  if (picture === undefined) {
    const words = below && `<figcaption>${below}</figcaption>`;
    return `<li><figure><div class="tile tone-${toneOf(title)}"><strong dir="auto">${name}</strong></div>${words}</figure></li>`;
  }
  const { bytes, type } = picture;
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  const source = `data:${escapeHtml(type)};base64,${data}`;
  return `<li><figure><img src="${source}" alt="${name}"><figcaption><strong dir="auto">${name}</strong>${below}</figcaption></figure></li>`;
}

/** One of six quiet colours, always the same for a title. */
function toneOf(title: string): number {
  let sum = 0;
  for (const letter of title) sum = (sum * 31 + letter.codePointAt(0)!) % 6151;
  return sum % 6;
}
