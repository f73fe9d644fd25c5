import type { ItemField } from "../../api/training-contract.js";
import type { ItemSource } from "../../data/index.js";
import { kindOf } from "../../data/sql-types.js";

/**
 * The fields that a record of an item may have, with what each is for: an expression that is one field alone says it plainly; a field
 * that an encoder of texts reads among others is text.
 */
export function itemFields(source: ItemSource | null): ItemField[] {
  if (source === null) return [];
  const { columns, id, title, picture, modalities } = source;
  const same = (a: string | null | undefined, b: string): boolean => a != null && bare(a) === b.toLowerCase();
  const modality = Object.values(modalities);
  const roleOf = (name: string): ItemField["role"] => {
    if (same(id, name)) return "id";
    if (same(title, name)) return "title";
    if (same(picture, name) || modality.some(({ kind, from }) => kind === "image" && same(from, name)))
      return "picture";
    const plain = modality.find(({ kind, from }) => (kind === "category" || kind === "number") && same(from, name));
    if (plain !== undefined) return plain.kind === "number" ? "number" : "category";
    return modality.some(({ kind, from }) => kind === "text" && mentions(from, name)) ? "text" : "other";
  };
  return columns.map(({ name, type }) => ({ name, role: roleOf(name), type: typeOf(type) }));
}

function typeOf(type: string): ItemField["type"] {
  const kind = kindOf(type);
  if (kind === "whole" || kind === "number") return "number";
  if (kind === "list") return "list";
  return kind === "text" ? "text" : "other";
}

/** An expression that may be a name in quotes, as SQL compares names. */
function bare(expression: string): string {
  return expression
    .trim()
    .replace(/^"(.*)"$/s, "$1")
    .toLowerCase();
}

function mentions(expression: string | undefined, name: string): boolean {
  const words = (expression ?? "").toLowerCase().match(/"[^"]*"|[\p{L}_][\p{L}\p{N}_]*/gu) ?? [];
  return words.some((word) => bare(word) === name.toLowerCase());
}
