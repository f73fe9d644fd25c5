import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic, writeJsonAtomic } from "../../data/atomic.js";
import { MmdinError } from "../../errors.js";
import { renderHtml } from "../report/render-html.js";
import { renderMarkdown } from "../report/render-markdown.js";
import type { CompareReport } from "../report/report.js";

const FOLDER = { format: "mmdin-comparison", version: 1 } as const;
const MARK = "comparison.json";

/**
 * Takes a folder for a report on a dataset: an empty or new one, or one of the same dataset, whose finished cells stay.
 *
 * @throws MmdinError MISMATCH where it holds a report on another dataset, IO where it holds something else, FORMAT where its mark
 *   is of another version.
 */
export function openReportFolder(out: string, dataset: { name: string; hash: string }): void {
  const path = join(out, MARK);
  if (existsSync(path)) {
    const fix = "Choose another --out, or remove the folder";
    let mark: { format?: string; version?: number; dataset?: { name: string; hash: string } };
    try {
      mark = (JSON.parse(readFileSync(path, "utf8")) as typeof mark | null) ?? {};
    } catch (cause) {
      throw new MmdinError("FORMAT", "the file is damaged: it is no JSON", { where: path, fix, cause });
    }
    if (mark.format !== FOLDER.format || mark.version !== FOLDER.version) {
      const expected = `${FOLDER.format}, version ${FOLDER.version}`;
      const got = `${mark.format ?? "no format"}, version ${mark.version ?? "none"}`;
      throw new MmdinError("FORMAT", "not a comparison of this version", { where: path, expected, got, fix });
    }
    if (mark.dataset?.hash !== dataset.hash) {
      const name = (of: { name: string; hash: string } | undefined) => `${of?.name} ${of?.hash.slice(0, 12)}`;
      const got = name(dataset);
      throw new MmdinError("MISMATCH", "the folder holds a report on another dataset", {
        where: out,
        expected: name(mark.dataset),
        got,
        fix,
      });
    }
    return;
  }
  // What a process that was killed here, or this one's own lock, has left is nothing.
  const isOurs = (name: string): boolean => name.startsWith(`${MARK}.`) || name.startsWith("changing.lock");
  if (!readdirSync(out).every(isOurs)) {
    throw new MmdinError("IO", "something that is no report is there already", {
      where: out,
      fix: "Choose another --out",
    });
  }
  writeJsonAtomic(path, { ...FOLDER, dataset });
}

/** Where the parts of a report lie. */
export interface ReportFiles {
  json: string;
  markdown: string;
  html: string;
}

/** Writes report.json, report.md and report.html, each whole or not at all. */
export async function writeReport(out: string, report: CompareReport): Promise<ReportFiles> {
  const files = { json: join(out, "report.json"), markdown: join(out, "report.md"), html: join(out, "report.html") };
  writeJsonAtomic(files.json, report);
  writeFileAtomic(files.markdown, renderMarkdown(report));
  writeFileAtomic(files.html, await renderHtml(report));
  return files;
}
