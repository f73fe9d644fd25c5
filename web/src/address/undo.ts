/** A value with what it was before, and what was undone. */
export interface Undoable<T> {
  past: readonly T[];
  present: T;
  future: readonly T[];
}

export type UndoAction<T> = { kind: "set"; value: T } | { kind: "undo" } | { kind: "redo" };

/** Steps that are kept. */
const MOST = 200;

/** The next state; the same object where nothing changes. */
export function undoReducer<T>(state: Undoable<T>, action: UndoAction<T>): Undoable<T> {
  const { past, present, future } = state;
  if (action.kind === "set") {
    if (Object.is(action.value, present)) return state;
    return { past: [...past, present].slice(-MOST), present: action.value, future: [] };
  }
  if (action.kind === "undo") {
    const before = past.at(-1);
    if (before === undefined) return state;
    return { past: past.slice(0, -1), present: before, future: [present, ...future] };
  }
  const [after, ...rest] = future;
  if (after === undefined) return state;
  return { past: [...past, present], present: after, future: rest };
}
