import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { MmdinError } from "../errors.js";

/** A file that every bundle carries as it lies in `bundle/`. */
export function bundlePart(name: string): string {
  return readFileSync(new URL(`./bundle/${name}`, import.meta.url), "utf8");
}

const HEADER = `/**
 * Turns requests into what model.onnx of this bundle is fed; the same as request.py. No imports: for Node and browsers.
 *
 *   const encoder = new RequestEncoder(encoding, vocabulary);   // encoding.json and vocabulary.json, parsed
 *   encoder.feeds(request)                                      // { name: { type, data, dims } }, of one request or a list
 */
`;

/** The text of `request.mjs`: `bundle-feeds.ts` as the compiler writes it. */
export function requestModule(): string {
  const compiled = fileURLToPath(new URL("./bundle-feeds.js", import.meta.url));
  const text = existsSync(compiled) ? readFileSync(compiled, "utf8") : compileFeeds();
  return HEADER + text.replace(/^(?:import .*|\/\/# sourceMappingURL=.*)\n/gm, "");
}

/** Where mmdin runs from its sources, as in its tests, there is nothing compiled yet. */
function compileFeeds(): string {
  const source = fileURLToPath(new URL("./bundle-feeds.ts", import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), "mmdin-feeds-"));
  try {
    const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
    const words = [
      "--ignoreConfig",
      "--outDir",
      folder,
      "--target",
      "es2022",
      "--module",
      "nodenext",
      "--skipLibCheck",
    ];
    const { status, stdout } = spawnSync(process.execPath, [compiler, source, ...words, "--types", "node"], {
      encoding: "utf8",
      cwd: dirname(source),
    });
    if (status !== 0) throw new MmdinError("RUNTIME", "request.mjs cannot be compiled", { where: source, got: stdout });
    const name = "bundle-feeds.js";
    return readFileSync([join(folder, name), join(folder, "export", name)].find(existsSync) ?? name, "utf8");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
