import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readPictureFile } from "./picture-file.js";

const folder = mkdtempSync(join(tmpdir(), "mmdin-picture-"));
const root = join(folder, "root");
let jpeg: Buffer;

beforeAll(async () => {
  mkdirSync(join(root, "posters"), { recursive: true });
  jpeg = await sharp({ create: { width: 8, height: 8, channels: 3, background: "#a05020" } })
    .jpeg()
    .toBuffer();
  writeFileSync(join(root, "posters/1.jpg"), jpeg);
  writeFileSync(join(folder, "secret.jpg"), jpeg);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The reason why there is no picture. */
async function reason(path: string): Promise<string> {
  const found = await readPictureFile(path, { root });
  return "unreadable" in found ? found.unreadable : `${found.length} bytes`;
}

function reasonOf(name: string, content: string | Uint8Array): Promise<string> {
  writeFileSync(join(root, name), content);
  return reason(name);
}

test("a picture below the root is read as its bytes, whatever its path looks like", async () => {
  for (const path of ["posters/1.jpg", "./posters/1.jpg", "posters/../posters/1.jpg"]) {
    expect(await readPictureFile(path, { root })).toEqual(jpeg);
  }
});

test("a root that is a link, and a link that stays below the root, are followed", async () => {
  symlinkSync(root, join(folder, "link-to-root"));
  symlinkSync("posters/1.jpg", join(root, "latest.jpg"));
  expect(await readPictureFile("latest.jpg", { root: join(folder, "link-to-root") })).toEqual(jpeg);
});

test("a name that begins with two dots and stays below the root is a name like any other", async () => {
  expect(await reasonOf("..1.jpg", jpeg)).toBe(`${jpeg.length} bytes`);
});

test("a missing file, a folder, a file as a folder and an empty file are named", async () => {
  expect(await reason("posters/2.jpg")).toBe("nothing at this path");
  expect(await reason("posters")).toBe("a folder");
  expect(await reason(".")).toBe("a folder");
  expect(await reason("posters/1.jpg/2.jpg")).toBe("a path through something that is no folder");
  expect(await reasonOf("empty.jpg", "")).toBe("0 bytes");
  expect(await reason("")).toBe("an empty path");
});

test("no path leads out of the root: absolute, by dots, or through links to files and folders", async () => {
  symlinkSync(join(folder, "secret.jpg"), join(root, "innocent.jpg"));
  symlinkSync(folder, join(root, "shelf"));
  mkdirSync(join(folder, "root-2"));
  writeFileSync(join(folder, "root-2/1.jpg"), jpeg);
  expect(await reason(join(root, "posters/1.jpg"))).toBe("a path out of the root: it is absolute");
  expect(await reason("../secret.jpg")).toBe("a path out of the root");
  expect(await reason("posters/../../secret.jpg")).toBe("a path out of the root");
  expect(await reason("../root-2/1.jpg")).toBe("a path out of the root");
  expect(await reason("..")).toBe("a path out of the root");
  expect(await reason("innocent.jpg")).toBe("a path out of the root, through a link");
  expect(await reason("shelf/secret.jpg")).toBe("a path out of the root, through a link");
});

test("a link to itself, a zero byte and a very long name are named", async () => {
  symlinkSync("loop.jpg", join(root, "loop.jpg"));
  expect(await reason("loop.jpg")).toBe("a link that leads to itself");
  expect(await reason("posters/1.jpg\0.txt")).toBe("a path that holds a zero byte");
  expect(await reason(`${"x".repeat(5000)}.jpg`)).toBe("a name longer than the file system takes");
});

test("addresses are not fetched", async () => {
  for (const url of [
    "https://example.com/1.jpg",
    "FILE:///etc/passwd",
    "data:image/png;base64,iVBORw0KGgo=",
    "s3://b/1",
  ]) {
    expect(await reason(url)).toBe("a URL: pictures are read from files");
  }
});

test("a file of 64 MiB and one byte is not read into memory", async () => {
  writeFileSync(join(root, "large.jpg"), jpeg);
  truncateSync(join(root, "large.jpg"), 64 * 2 ** 20 + 1);
  expect(await reason("large.jpg")).toBe("larger than 64 MiB");
});

test.skipIf(process.platform === "win32")("a pipe in a picture's place is refused and not waited for", async () => {
  execFileSync("mkfifo", [join(root, "pipe.jpg")]);
  expect(await reason("pipe.jpg")).toBe("not a plain file");
});

test.skipIf(process.getuid?.() === 0)("a file that may not be read says so (skipped for root)", async () => {
  writeFileSync(join(root, "private.jpg"), jpeg);
  chmodSync(join(root, "private.jpg"), 0);
  expect(await reason("private.jpg")).toBe("no permission");
});

test("what is no picture is refused by what it is, not by its name", async () => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>`;
  const notSvg = "SVG is not read: it can hold scripts and references to other files";
  expect(await reasonOf("svg.jpg", `<?xml version="1.0"?>\n<!-- a drawing -->\n${svg}`)).toBe(notSvg);
  expect(await reasonOf("utf16.svg", Buffer.from(`\ufeff${svg}`, "utf16le"))).toBe(notSvg);
  expect(await reasonOf("404.jpg", "<!DOCTYPE html><html><body><svg></svg></body></html>")).toBe(
    "a web page, not a picture",
  );
  expect(await reasonOf("notes.jpg", "not a picture at all")).toBe("none of JPEG, PNG, WebP, GIF, AVIF, TIFF");
  expect(await reasonOf("one.jpg", "\xff")).toBe("none of JPEG, PNG, WebP, GIF, AVIF, TIFF");
  const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("ftypheic\0\0\0\0mif1heic")]);
  expect(await reasonOf("phone.jpg", heic)).toBe(
    "HEIC is not read: convert it to one of JPEG, PNG, WebP, GIF, AVIF, TIFF",
  );
});

test("a root that is not there is one error and not one unreadable picture after the other", async () => {
  const gone = join(folder, "gone");
  await expect(readPictureFile("1.jpg", { root: gone })).rejects.toThrow(
    `${gone}: the root cannot be read: nothing at this path`,
  );
});
