import type { PackedError } from "../../runtime/job.js";
import type { CatalogueDesk } from "./catalogue-desk.js";

type Methods = { [K in keyof CatalogueDesk]: CatalogueDesk[K] };

/** A call of a method of the desk, as it crosses to its thread. */
export type DeskCall = {
  [K in keyof Methods]: { id: number; method: K; arguments: Parameters<Methods[K]> };
}[keyof Methods];
export type DeskResult<K extends keyof Methods> = Awaited<ReturnType<Methods[K]>>;
export type DeskReply = { id: number; answer: unknown } | { id: number; error: PackedError };
