import { type FeatureSchema, UNKNOWN_INDEX } from "../../data/columns.js";
import { MmdinError } from "../../errors.js";
import type { ServedRun } from "./served-run.js";

/** What is looked at. */
export type Fitting = Pick<ServedRun, "name" | "catalogue" | "ownItems" | "ids">;

/** Share of the items of a run that the one which takes its place has to know. */
const COMMON = 0.5;

/**
 * Refuses a run that cannot take the place of another, as those who ask would no longer be understood: what they send (features, context,
 * the fields that filters name) and whom they ask about have to be there still. More may be.
 *
 * @throws MmdinError MISMATCH with the reason.
 */
export function checkFit(next: Fitting, now: Fitting): void {
  const [before, after] = [now.catalogue, next.catalogue];
  const refuse = (problem: string, details: { expected: string; got: string }): never => {
    throw new MmdinError("MISMATCH", `this run cannot take over: ${problem}`, {
      where: next.name,
      ...details,
      fix: "Train it on a dataset that was prepared by the same dataset.yaml, or start a server of its own.",
    });
  };
  if (before.label !== after.label)
    refuse("its labels are of another kind", { expected: before.label, got: after.label });
  if (before.history.clock !== after.history.clock)
    refuse("its clock is another one", { expected: before.history.clock, got: after.history.clock });
  const kinds: [what: string, before: Kinds, after: Kinds][] = [
    ["modality", before.modalities, after.modalities],
    ["event feature", before.eventFeatures, after.eventFeatures],
    ["context feature", before.context, after.context],
  ];
  for (const [what, wanted, there] of kinds) {
    for (const { name, kind } of wanted) {
      const found = there.find((other) => other.name === name);
      if (found?.kind === kind) continue;
      const got = found === undefined ? there.map((other) => other.name).join(", ") || "none" : `a ${found.kind}`;
      refuse(`its ${what} ${JSON.stringify(name)} ${found ? "is of another kind" : "is missing"}`, {
        expected: `a ${kind}`,
        got,
      });
    }
  }
  let common = 0;
  for (let index = UNKNOWN_INDEX + 1; index <= now.ownItems; index++) {
    if (next.ids.items.indexOf(now.ids.items.ids[index]!) !== UNKNOWN_INDEX) common += 1;
  }
  if (common < COMMON * now.ownItems) {
    refuse("its items are others", {
      expected: `at least half of the ${now.ownItems} ids that are served`,
      got: String(common),
    });
  }
}

type Kinds = readonly Pick<FeatureSchema | { name: string; kind: string }, "name" | "kind">[];
