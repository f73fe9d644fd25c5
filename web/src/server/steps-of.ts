import type { UserHistory } from "../../../src/api/contract.js";
import type { Step } from "../address/steps.js";

/** What the server knows of a person as steps, oldest first; nobody has none. */
export function stepsOf(known: UserHistory | null): Step[] {
  return (known?.history ?? []).map(
    ({ item, label, time, features }): Step => ({
      item,
      label: label ?? null,
      ...(time !== undefined && { time }),
      ...(features !== undefined && Object.keys(features).length > 0 && { features }),
    }),
  );
}
