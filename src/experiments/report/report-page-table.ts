import { escapeHtml } from "../../modality/escape-html.js";
import type { ReportTable, TableCell } from "./report-table.js";

/** A table as HTML inside a box of its own that scrolls where the page is narrow. */
export function pageTable({ caption, columns, rows }: ReportTable): string {
  const text = escapeHtml(caption);
  const head = columns.map(({ title, numeric }) => `<th scope="col"${numeric ? NUMBER : ""}>${escapeHtml(title)}</th>`);
  const body = rows.map(([name, ...cells]) => {
    const values = cells.map((cell, at) => `<td${classOf(cell, columns[at + 1]!.numeric)}>${content(cell)}</td>`);
    return `<tr><th scope="row" dir="auto">${escapeHtml(name?.text ?? "")}</th>${values.join("")}</tr>`;
  });
  return `<p class="note">${text}</p>
<div class="table" role="region" aria-label="${text}" tabindex="0"><table>
<thead><tr>${head.join("")}</tr></thead>
<tbody>
${body.join("\n")}
</tbody>
</table></div>`;
}

const NUMBER = ' class="number"';

function classOf({ text }: TableCell, numeric: boolean): string {
  return numeric ? NUMBER : text.length > 40 ? ' class="long"' : "";
}

function content({ text, small, best }: TableCell): string {
  const body = best ? `<strong>${escapeHtml(text)}</strong>` : escapeHtml(text);
  return small === undefined ? body : `${body}<small>${escapeHtml(small)}</small>`;
}
