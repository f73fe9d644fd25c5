import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { fileProblem, MmdinError } from "../../errors.js";
import { HttpProblem } from "./http-problem.js";
import { sessionOf } from "./session-cookie.js";

const SHORTEST = 16;

interface Key {
  digest: Buffer;
  /** What stands for it in the cookie of a browser that has signed in. */
  session: string;
  sessionDigest: Buffer;
}

/** The keys of a file: one a line; empty lines and lines that begin with # do not count. */
export class ApiKeys {
  readonly #path: string;
  #keys: readonly Key[] = [];

  private constructor(path: string) {
    this.#path = path;
  }

  /** @throws MmdinError CONFIG where the file cannot be read, has no key, or one that is too short. */
  static read(path: string): ApiKeys {
    const keys = new ApiKeys(path);
    keys.reload();
    return keys;
  }

  get count(): number {
    return this.#keys.length;
  }

  /** Reads the file again. Where it cannot be used the keys before it stay. */
  reload(): void {
    this.#keys = readKeys(this.#path).map(keyOf);
  }

  /** What a person should hear of the file's permissions; undefined where it is theirs alone. */
  warning(): string | undefined {
    if (process.platform === "win32" || (statSync(this.#path).mode & 0o077) === 0) return undefined;
    return `others on this machine may read ${this.#path}: chmod 600 it`;
  }

  /**
   * The place in the file of the key that a request carries: as `Authorization: Bearer KEY`, as `X-API-Key: KEY`, or as the cookie of somebody who has
   * signed in.
   *
   * @throws HttpProblem KEY where it carries none, or one that is not there.
   */
  check(headers: IncomingHttpHeaders): number {
    const key = presented(headers);
    if (key !== undefined) return this.find(key);
    const session = sessionOf(headers);
    if (session === undefined)
      throw new HttpProblem(
        "KEY",
        "This server asks for a key: send it as `Authorization: Bearer KEY` or `X-API-Key: KEY`",
      );
    return this.#placeOf(session, ({ sessionDigest }) => sessionDigest);
  }

  /**
   * The place of a key in the file.
   *
   * @throws HttpProblem KEY where it is not there.
   */
  find(key: string): number {
    return this.#placeOf(key, (known) => known.digest);
  }

  /** What the cookie of somebody with the key at this place holds: made of the key, and no way back to it. Every server with the same file knows it. */
  session(place: number): string {
    return this.#keys[place]!.session;
  }

  /** Each key is compared, in a time that does not depend on where the first difference is. */
  #placeOf(text: string, digestOf: (key: Key) => Buffer): number {
    const asked = digest(text);
    let found = -1;
    this.#keys.forEach((key, index) => {
      if (timingSafeEqual(digestOf(key), asked)) found = index;
    });
    if (found >= 0) return found;
    throw new HttpProblem("KEY", "This key is not known to the server");
  }
}

function presented(headers: IncomingHttpHeaders): string | undefined {
  const [, bearer] = /^bearer +(\S+) *$/i.exec(headers.authorization ?? "") ?? [];
  const own = headers["x-api-key"];
  return (bearer ?? (Array.isArray(own) ? own[0] : own)) || undefined;
}

function keyOf(text: string): Key {
  const own = digest(text);
  const session = createHmac("sha256", own).update("a browser that has signed in").digest("base64url");
  return { digest: own, session, sessionDigest: digest(session) };
}

function readKeys(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const fix = "Give a file with one key a line.";
    throw new MmdinError("CONFIG", "the keys cannot be read", { where: path, got: fileProblem(cause), fix, cause });
  }
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const fix = "Make one with `openssl rand -hex 32`.";
  lines.forEach((line, index) => {
    if (line === "" || line.startsWith("#") || (line.length >= SHORTEST && !/\s/.test(line))) return;
    const expected = `${SHORTEST} characters or more, without blanks`;
    throw new MmdinError("CONFIG", "no key", { where: `${path}:${index + 1}`, expected, got: `${line.length}`, fix });
  });
  const keys = lines.filter((line) => line !== "" && !line.startsWith("#"));
  if (keys.length === 0) throw new MmdinError("CONFIG", "there is no key in this file", { where: path, fix });
  return keys;
}

function digest(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
