import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { picturePage } from "./picture-page.js";

const dot = { bytes: Uint8Array.of(137, 80, 78, 71), type: "image/png" };

test("texts stay texts wherever they stand: nothing of them becomes a tag, an attribute or an entity", () => {
  const evil = `"><img src=x onerror='alert(1)'> &amp; </title>`;
  const safe = "&#34;&#62;&#60;img src=x onerror=&#39;alert(1)&#39;&#62; &#38;amp; &#60;/title&#62;";
  const cells = [
    { title: evil, caption: evil, picture: { ...dot, type: evil } },
    { title: evil, caption: evil },
  ];
  const page = picturePage({ title: evil, intro: evil, sections: [{ heading: evil, cells }] });
  expect(page).not.toContain("<img src=x");
  // Title twice, intro, heading; a picture's type, its alt, title and caption; a tile's title and caption.
  expect(page.split(safe).length - 1).toBe(10);
});

test("the policy lets nothing run, nothing load but pictures in the page, and this style alone", () => {
  const page = picturePage({ title: "Films", sections: [] });
  const style = /<style>(.*)<\/style>/s.exec(page)![1]!;
  const hash = createHash("sha256").update(style).digest("base64");
  const policy = `default-src 'none'; img-src data:; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  expect(page).toContain(`<meta http-equiv="Content-Security-Policy" content="${policy}">`);
  expect(page).not.toMatch(/<script|<link|style=|https?:/);
});

test("a picture is a data URI with its title as alternative text, even as a view into a larger buffer", () => {
  const bytes = Uint8Array.of(0, 137, 80, 78, 71, 0).subarray(1, 5);
  const page = picturePage({
    title: "Films",
    sections: [{ cells: [{ title: "Toy Story", caption: ".9123", picture: { bytes, type: "image/png" } }] }],
  });
  expect(page).toContain(
    '<img src="data:image/png;base64,iVBORw==" alt="Toy Story"><figcaption><strong dir="auto">Toy Story</strong><span dir="auto">.9123</span></figcaption>',
  );
});

test("an item without a picture is a tile that bears its title, in the same tone on every page", () => {
  const page = picturePage({ title: "Films", sections: [{ cells: [{ title: "Heat" }] }] });
  expect(page.match(/<li>.*<\/li>/g)).toEqual([
    '<li><figure><div class="tile tone-3"><strong dir="auto">Heat</strong></div></figure></li>',
  ]);
});

test("one item before a section of several stands beside it, any other page is one below the other", () => {
  const cells = (count: number) => Array.from({ length: count }, () => ({ title: "Heat", picture: dot }));
  const page = (...counts: number[]) =>
    picturePage({ title: "Films", sections: counts.map((count) => ({ cells: cells(count) })) });
  expect(
    [page(1, 3), page(3, 1), page(1), page(1, 2, 3)].map((html) => html.includes('<main class="beside">')),
  ).toEqual([true, false, false, false]);
});
