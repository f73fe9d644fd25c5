import { useEffect, useSyncExternalStore } from "react";
import type { Step } from "../address/steps.js";

let chosen: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

/** Tells every card which items are steps of the history: a card draws itself anew only when that changes for its own item. */
export function useChooseItems(steps: readonly Step[]): void {
  useEffect(() => {
    chosen = new Set(steps.map(({ item }) => item));
    for (const listener of listeners) listener();
  }, [steps]);
}

/** Whether an item is a step of the history. */
export function useIsChosen(id: string): boolean {
  return useSyncExternalStore(subscribe, () => chosen.has(id));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
