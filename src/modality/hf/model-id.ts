import { isAbsolute, resolve } from "node:path";
import { MmdinError } from "../../errors.js";

/** Where a model lies: on the hub, at a revision of it, or in a folder of this machine. */
export type ModelPlace =
  | { source: "hub"; repository: string; revision: string }
  | { source: "folder"; folder: string; named: string };

/** Owner and name as the hub allows them, and a branch, tag or commit. */
const HUB_ID = /^(\w[\w.-]*\/\w[\w.-]*)(?:@(\w[\w.-]*))?$/;

/**
 * Reads "hf:owner/name", "hf:owner/name@revision" (a branch, tag or commit; default "main"), "hf:./folder" (relative to
 * `root`) or "hf:/folder".
 *
 * @throws MmdinError CONFIG where it is none of these.
 */
export function parseModelId(id: string, { root, where }: { root: string; where: string }): ModelPlace {
  const name = id.startsWith("hf:") ? id.slice(3) : "";
  // Slashes both ways: a dataset.yaml travels between systems.
  if (/^\.{1,2}([/\\]|$)/.test(name) || isAbsolute(name)) {
    return { source: "folder", folder: resolve(root, name), named: name };
  }
  const [, repository, revision = "main"] = HUB_ID.exec(name) ?? [];
  if (repository === undefined || /\.\.|--/.test(name)) {
    throw new MmdinError("CONFIG", "this names no pre-trained model", {
      where,
      expected: '"hf:owner/name" of the hub, or "hf:./folder" with a model in it',
      got: JSON.stringify(id),
    });
  }
  return { source: "hub", repository, revision };
}
