import type { Filters } from "../../../src/api/contract.js";
import { NOBODY, stepsFromText, stepsToText, type Taste } from "./steps.js";

export const PAGES = ["shop", "why", "model", "items", "training", "device"] as const;
export type Page = (typeof PAGES)[number];

/**
 * What the app shows, whole. It is written into the part of the address behind `#`, which browsers keep to themselves: a link shares it,
 * and no server's log sees the history in it.
 */
export interface Address {
  page: Page;
  /** Of the page of an item. */
  item: string | null;
  taste: Taste;
  search: string;
  filters: Filters;
  /** Candidates of the page "why", one or two. */
  candidates: readonly string[];
  /** Whether the model runs in this browser. */
  onDevice: boolean;
}

export const START: Address = {
  page: "shop",
  item: null,
  taste: NOBODY,
  search: "",
  filters: {},
  candidates: [],
  onDevice: false,
};

/** `#/why?u=ann&h=+17,-4&c=23`: what is at its default is left out. */
export function addressToHash({ page, item, taste, search, filters, candidates, onDevice }: Address): string {
  const path = page === "shop" ? "" : item === null || page !== "items" ? page : `items/${encodeURIComponent(item)}`;
  const parts = [
    taste.user === null ? "" : `u=${encodeURIComponent(taste.user)}`,
    taste.steps.length === 0 ? "" : `h=${stepsToText(taste.steps)}`,
    candidates.length === 0 ? "" : `c=${candidates.map(encodeURIComponent).join(",")}`,
    search === "" ? "" : `q=${encodeURIComponent(search)}`,
    Object.keys(filters).length === 0 ? "" : `f=${encodeURIComponent(JSON.stringify(filters))}`,
    onDevice ? "d=1" : "",
  ].filter((part) => part !== "");
  return `#/${path}${parts.length === 0 ? "" : `?${parts.join("&")}`}`;
}

/** Reads any text as an address: what it does not say, or says wrongly, is at its default. */
export function addressFromHash(hash: string): Address {
  const [path = "", query = ""] = hash.replace(/^#?\/?/, "").split(/\?(.*)/s);
  const [name = "", ...rest] = path.split("/");
  const values = new Map<string, string>();
  for (const part of query.split("&")) {
    const at = part.indexOf("=");
    if (at > 0) values.set(part.slice(0, at), part.slice(at + 1));
  }
  const text = (key: string): string => decoded(values.get(key) ?? "");
  const page = PAGES.find((known) => known === name) ?? "shop";
  return {
    page,
    item: page === "items" && rest[0] ? decoded(rest.join("/")) : null,
    taste: { user: text("u") || null, steps: stepsFromText(values.get("h") ?? "") },
    search: text("q"),
    filters: filtersFrom(text("f")),
    candidates: (values.get("c") ?? "")
      .split(",")
      .map(decoded)
      .filter((id) => id !== "")
      .slice(0, 2),
    onDevice: text("d") === "1",
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The server says what is wrong with a filter; here it only has to be an object. */
function filtersFrom(text: string): Filters {
  if (text === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Filters) : {};
  } catch {
    return {};
  }
}
