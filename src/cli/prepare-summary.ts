import { SPLITS } from "../data/columns.js";
import type { PrepareSummary } from "../data/index.js";
import { leaks, type MissingLeak } from "../data/missing-leak.js";
import { encodingLines } from "./encoding-lines.js";
import { count, day, decimal, duration, moment, percent, plural, size } from "./format.js";
import { renderTable } from "./table.js";

const DAY = 86_400;

/** What `mmdin prepare` prints: the splits, the coverage of the modalities, what leaks or was dropped, sizes and time. */
export function renderSummary(summary: PrepareSummary): string {
  const { modalities, bytes } = summary;
  const parts = [
    `${summary.name}: ${count(summary.events)} events of ${count(summary.users)} users and ${count(summary.items)} items`,
    renderSplits(summary),
  ];
  if (Object.keys(modalities).length > 0) parts.push(renderCoverage(modalities));
  const encoded = encodingLines(summary.encodings);
  if (encoded.length > 0) parts.push(encoded.join("\n"));
  const warnings = Object.entries(modalities).flatMap(([name, { missing }]) => renderLeak(name, missing));
  if (warnings.length > 0) parts.push(warnings.join("\n"));
  const lists = Object.entries(summary.ranking).map(
    ([split, { lists, width }]) => `${split} ${count(lists)} lists of ${width} candidates`,
  );
  const remarks = [
    ...Object.entries(summary.dropped)
      .filter(([, rows]) => rows > 0)
      .map(([reason, rows]) => `dropped: ${plural(rows, "row")}, ${reason}`),
    ...(summary.itemsNotInTable > 0
      ? [`${count(summary.itemsNotInTable)} items of the log are not in the table of items`]
      : []),
    ...(summary.eventsWithoutRow > 0 ? [`${count(summary.eventsWithoutRow)} events make history and no row`] : []),
    ...(summary.negativesDropped > 0
      ? [`${count(summary.negativesDropped)} of them would be rows of label 0: negatives.keep left them out`]
      : []),
    ...(lists.length > 0 ? [`for ranking: ${lists.join(", ")}`] : []),
    `${size(bytes.total)}: events and rows ${size(bytes.eventsAndRows)} (${bytes.perEvent.toFixed(1)} bytes an event), ${
      bytes.ranking > 0 ? `lists ${size(bytes.ranking)}, ` : ""
    }catalogue ${size(bytes.catalogue)}`,
    `prepared in ${duration(summary.seconds)}: ${summary.directory}`,
  ];
  return [...parts, remarks.join("\n")].join("\n\n");
}

/** "cold items" is the share of the rows whose item has no event in training. */
function renderSplits({ splits, clock }: Pick<PrepareSummary, "splits" | "clock">): string {
  const range = clock === "order" ? ["first position", "last position"] : ["from (UTC)", "to (UTC)"];
  const titles = ["split", "rows", "users", "items", "label rate", ...range, "cold items"];
  const spans = SPLITS.map((name) => (splits[name].lastTime ?? 0) - (splits[name].firstTime ?? 0));
  const at = Math.min(...spans) < 2 * DAY ? moment : day;
  const rows = SPLITS.map((name) => {
    const { rows, users, items, labelRate, firstTime, lastTime, unknownItemShare } = splits[name];
    const ends = [firstTime, lastTime].map((time) => (time === null || clock === "order" ? time : at(time)));
    return [name, rows, users, items, percent(labelRate), ...ends, percent(unknownItemShare)];
  });
  return renderTable(titles, rows);
}

function renderCoverage(modalities: PrepareSummary["modalities"]): string {
  const titles = ["modality", "items with it", "training items", "train rows", "valid rows", "test rows"];
  const rows = Object.entries(modalities).map(([name, { items, trainedItems, rows }]) => [
    name,
    ...[items, trainedItems, rows.train, rows.valid, rows.test].map(percent),
  ]);
  return renderTable(titles, rows);
}

/** One line where the presence of a modality tells the popularity or the label, and what to do about it. */
function renderLeak(name: string, { labelAuc, popularityAuc }: MissingLeak): string[] {
  const told = (what: string, auc: number | null): string[] =>
    auc !== null && leaks(auc) ? [`${auc > 0.5 ? "more" : "less"} ${what} (AUC ${decimal(auc)})`] : [];
  const facts = [...told("popular", popularityAuc), ...told("often labelled 1", labelAuc)].join(" and ");
  if (facts === "") return [];
  return [
    `warning: ${name}: items with it are ${facts}, which a model can learn without looking at it. Judge it on items that have it, or fill its gaps`,
  ];
}
