import type { EncodingReport } from "../modality/encode-contents.js";
import { count, plural } from "./format.js";

/** One line for each encoded modality, and one for each reason why some of its contents are missing. */
export function encodingLines(encodings: Readonly<Record<string, EncodingReport>>): string[] {
  return Object.entries(encodings).flatMap(([name, report]) => {
    const { encoder, dimension, encoded, cached, empty, unreadable, seconds } = report;
    const rate = encoded > 0 && seconds > 0 ? ` at ${count(Math.round(encoded / seconds))}/s` : "";
    const parts = [
      `encoded ${count(encoded)}${rate}`,
      `${count(cached)} known before`,
      `${plural(empty, "item")} ${empty === 1 ? "has" : "have"} none`,
    ];
    return [
      `${name}: ${encoder}, ${plural(dimension, "number")}; ${parts.join(", ")}`,
      ...unreadable.map(({ reason, items, examples }) => {
        const more = items > examples.length ? ", ..." : "";
        return `${name}: missing for ${plural(items, "item")}: ${reason} (${examples.join(", ")}${more})`;
      }),
    ];
  });
}
