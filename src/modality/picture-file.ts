import { constants } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { fileProblem, MmdinError } from "../errors.js";
import type { Unreadable } from "./encoder.js";
import { otherType, pictureType } from "./picture-type.js";

const LARGEST = 64 * 2 ** 20;

/** What the file system says of a path that the catalogue has wrong; anything else it says is no fault of the picture. */
const NO_PICTURE = new Set(["ENOENT", "ENOTDIR", "EISDIR", "EACCES", "EPERM", "ELOOP", "ENAMETOOLONG", "ENXIO"]);

/** Not to wait for a writer where a pipe lies in a picture's place, and not to follow a link set after the check. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/**
 * Reads the bytes of a picture that lies below the root, under the path that the catalogue gives.
 *
 * A path is data that others wrote, so none leads out of the root: not by being absolute, not by "..", not through a link
 * (real paths are compared). At most 64 MiB; its first bytes are those of a picture (see `pictureType`).
 *
 * @returns the bytes, or why there are none: "nothing at this path", "a folder", "0 bytes", "a path out of the root",
 *   "a URL: pictures are read from files", "no permission", "SVG is not read: ...", "none of JPEG, PNG, ...".
 * @throws MmdinError IO where the root itself is not there, or the system fails to read (a disk, too many open files).
 */
export async function readPictureFile(path: string, { root }: { root: string }): Promise<Uint8Array | Unreadable> {
  const problem = pathProblem(path);
  if (problem) return { unreadable: problem };
  const realRoot = await realpath(root).catch((cause: unknown) => {
    throw new MmdinError("IO", `the root cannot be read: ${fileProblem(cause)}`, {
      where: root,
      fix: "Say where the pictures are: `root` in dataset.yaml, or --root.",
      cause,
    });
  });
  const place = resolve(realRoot, path);
  if (!isBelow(place, realRoot)) return { unreadable: OUTSIDE };
  try {
    const realPlace = await realpath(place);
    if (!isBelow(realPlace, realRoot)) return { unreadable: `${OUTSIDE}, through a link` };
    const file = await open(realPlace, FLAGS);
    try {
      return await readPicture(file);
    } finally {
      await file.close();
    }
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (NO_PICTURE.has(code)) return { unreadable: PROBLEMS[code] ?? fileProblem(cause) };
    throw new MmdinError("IO", `the picture cannot be read: ${fileProblem(cause)}`, { where: place, cause });
  }
}

const OUTSIDE = "a path out of the root";

const PROBLEMS: Readonly<Record<string, string>> = {
  ELOOP: "a link that leads to itself",
  ENAMETOOLONG: "a name longer than the file system takes",
  ENXIO: "not a plain file",
};

function pathProblem(path: string): string | undefined {
  if (path === "") return "an empty path";
  if (path.includes("\0")) return "a path that holds a zero byte";
  if (/^([a-z][a-z0-9+.-]+:\/\/|data:)/i.test(path)) return "a URL: pictures are read from files";
  return isAbsolute(path) ? `${OUTSIDE}: it is absolute` : undefined;
}

/** Whether a path lies in a folder or is it; both absolute. Links are not followed. */
export function isBelow(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function readPicture(file: FileHandle): Promise<Uint8Array | Unreadable> {
  const found = await file.stat();
  if (found.isDirectory()) return { unreadable: "a folder" };
  if (!found.isFile()) return { unreadable: "not a plain file" };
  if (found.size > LARGEST) return { unreadable: "larger than 64 MiB" };
  const bytes = await file.readFile();
  if (bytes.length === 0) return { unreadable: "0 bytes" };
  return pictureType(bytes) ? bytes : { unreadable: otherType(bytes) };
}
