import type { CompareReport } from "../report/report.js";
import { sliceName } from "../report/report-text.js";

/** What to know before trusting a report's table, in plain sentences. */
export function notesOf(
  { dataset, lines, plan }: Pick<CompareReport, "dataset" | "lines" | "plan">,
  { asked }: { asked: number },
): string[] {
  const notes: string[] = [];
  const ended = lines.reduce((sum, { cells }) => sum + cells.length, 0);
  if (ended < asked) {
    notes.push(`${asked - ended} of ${asked} trainings were not run: start the command again to go on.`);
  }
  for (const { name, cells, trials } of lines) {
    const finished = cells.filter(({ state }) => state === "finished").length;
    if (finished > 0 && finished < plan.seeds.length) {
      notes.push(`${name}: ${finished} of ${plan.seeds.length} seeds finished, and its numbers are of those alone.`);
    }
    trials.forEach(({ error }, trial) => {
      if (error !== null) notes.push(`${name}, trial ${trial + 1} of its tuning, failed: ${error}`);
    });
  }
  if (plan.seeds.length < 3) {
    notes.push(
      `With ${plan.seeds.length === 1 ? "one seed the spread of trainings is not" : "two seeds the spread of trainings is hardly"} known: give three or more.`,
    );
  }
  if (dataset.users < 2)
    notes.push("Test holds one person: nothing can be resampled, and no difference can be judged.");
  const first = lines.find(({ cells }) => cells.some(({ state }) => state === "finished"));
  if (first === undefined) return [...notes, "No training has finished."];
  if (first.indicators.auc.mean === null) notes.push("Test holds one class of labels: AUC is not defined.");
  else if (first.indicators.gauc.mean === null) {
    notes.push("Nobody in test has labels of both kinds: gAUC is not defined.");
  }
  const { coldItems } = first.slices;
  if (coldItems.rows === 0)
    notes.push("Test holds no cold items: nothing is said of items that training has not seen.");
  const oneClass = Object.entries(first.slices)
    .filter(([, { rows, positives }]) => rows > 0 && (positives === 0 || positives === rows))
    .map(([name]) => sliceName(name));
  if (oneClass.length > 0) {
    notes.push(`One class of labels in ${oneClass.join(", ")}: AUC is not defined there.`);
  }
  return notes;
}
