import { SPLITS } from "../data/columns.js";
import type { PrepareSummary } from "../data/index.js";
import { count, duration, moment, percent, size } from "./format.js";
import { renderTable } from "./table.js";

/** What `mmdin prepare` prints: the splits, the coverage of the modalities, what was dropped, sizes and time. */
export function renderSummary(summary: PrepareSummary): string {
  const { splits, modalities, clock, bytes } = summary;
  const range = clock === "order" ? ["first position", "last position"] : ["from (UTC)", "to (UTC)"];
  const splitTitles = ["split", "rows", "users", "items", "label rate", ...range, "unknown items"];
  const parts = [
    `${summary.name}: ${count(summary.events)} events of ${count(summary.users)} users and ${count(summary.items)} items`,
    renderTable(
      splitTitles,
      SPLITS.map((name) => {
        const { rows, users, items, labelRate, firstTime, lastTime, unknownItemShare } = splits[name];
        const range = [firstTime, lastTime].map((time) => (time === null || clock === "order" ? time : moment(time)));
        return [name, rows, users, items, percent(labelRate), ...range, percent(unknownItemShare)];
      }),
    ),
  ];
  if (Object.keys(modalities).length > 0) {
    const rows = Object.entries(modalities).map(([name, { items, events }]) => [name, percent(items), percent(events)]);
    parts.push(renderTable(["modality", "items with it", "events with it"], rows));
  }
  const lists = Object.entries(summary.ranking).map(
    ([split, { lists, width }]) => `${split} ${count(lists)} lists of ${width} candidates`,
  );
  const remarks = [
    ...Object.entries(summary.dropped)
      .filter(([, rows]) => rows > 0)
      .map(([reason, rows]) => `dropped: ${count(rows)} ${rows === 1 ? "row" : "rows"}, ${reason}`),
    ...(summary.itemsNotInTable > 0
      ? [`${count(summary.itemsNotInTable)} items of the log are not in the table of items`]
      : []),
    ...(summary.eventsWithoutRow > 0 ? [`${count(summary.eventsWithoutRow)} events make history and no row`] : []),
    ...(lists.length > 0 ? [`for ranking: ${lists.join(", ")}`] : []),
    `${size(bytes.total)}: events and rows ${size(bytes.eventsAndRows)} (${bytes.perEvent.toFixed(1)} bytes an event), ${
      bytes.ranking > 0 ? `lists ${size(bytes.ranking)}, ` : ""
    }catalogue ${size(bytes.catalogue)}`,
    `prepared in ${duration(summary.seconds)}: ${summary.directory}`,
  ];
  return [...parts, remarks.join("\n")].join("\n\n");
}
