import type { CandidateSource } from "../../api/contract.js";

export interface Reason {
  source: CandidateSource;
  /** The step of the history that brought the candidate in; null where none did. */
  because: { item: NamedItem; label: 0 | 1 | null } | null;
  /** Events of the candidate. */
  events: number;
}

export interface NamedItem {
  id: string;
  title: string | null;
}

const number = new Intl.NumberFormat("en-US");

/**
 * One plain sentence on why an item is a candidate; null for those of a question that names its own.
 *
 * Titles are text: whoever shows them in markup escapes them. Their white space is one space each, so that a sentence stays on one line.
 *
 * @param options.label Of the dataset: where labels are implicit nobody said that they liked anything.
 * @example "because of Heat, which you liked"
 */
export function reasonOf(
  { source, because, events }: Reason,
  { label }: { label: "explicit" | "implicit" },
): string | null {
  switch (source) {
    case "similar":
      return (
        because &&
        `because of ${nameOf(because.item)}${label === "explicit" && because.label === 1 ? ", which you liked" : ", from your history"}`
      );
    case "co-visited": {
      const verb = label === "explicit" ? "liked" : "chose";
      return because && `${verb === "liked" ? "liked" : "chosen"} by people who ${verb} ${nameOf(because.item)}`;
    }
    case "popular":
      return `popular: ${number.format(events)} ${events === 1 ? "event" : "events"}`;
    case "new":
      return "new in the catalogue";
    case "request":
      return null;
  }
}

/** The title on one line; without one, `item` and its id. */
export function nameOf({ id, title }: NamedItem): string {
  const text = (title ?? "").replace(/\s+/g, " ").trim();
  return text === "" ? `item ${id}` : text;
}
