import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { type Address, addressFromHash, addressToHash } from "./address.js";
import { stepsToText, type Taste } from "./steps.js";
import { type UndoAction, type Undoable, undoReducer } from "./undo.js";

export interface AddressActions {
  /** Another page, or another place on it: one step of the browser's history. */
  go(change: Partial<Address>): void;
  /** The hash of a link to it, for `href`. */
  linkTo(change: Partial<Address>): string;
  /** Changes what is shown in place, without a step of the browser's history. */
  amend(change: Partial<Address>): void;
  /** Changes the taste in place; it can be undone. */
  change(taste: Taste): void;
}

export interface AddressState extends AddressActions {
  address: Address;
  undo: { can: boolean; run(): void };
  redo: { can: boolean; run(): void };
}

/** The address as state: read from the browser, written back to it, with undo and redo over the taste. */
export function useAddress(): { state: AddressState; actions: AddressActions } {
  const [rest, setRest] = useState(() => addressFromHash(location.hash));
  const [tastes, dispatch] = useReducer<Undoable<Taste>, [UndoAction<Taste>]>(undoReducer, {
    past: [],
    present: rest.taste,
    future: [],
  });
  const address = useMemo(() => ({ ...rest, taste: tastes.present }), [rest, tastes.present]);
  const current = useRef(address);
  current.current = address;
  /** Whether the next address is a place of its own. */
  const pushes = useRef(false);

  useEffect(() => {
    const hash = addressToHash(address);
    if (hash === location.hash) return;
    if (pushes.current) history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
    pushes.current = false;
  }, [address]);

  useEffect(() => {
    const arrive = (): void => {
      const next = addressFromHash(location.hash);
      setRest(next);
      if (!sameTaste(next.taste, current.current.taste)) dispatch({ kind: "set", value: next.taste });
    };
    addEventListener("popstate", arrive);
    addEventListener("hashchange", arrive);
    return () => {
      removeEventListener("popstate", arrive);
      removeEventListener("hashchange", arrive);
    };
  }, []);

  const move = useCallback((change: Partial<Address>, push: boolean) => {
    pushes.current ||= push;
    if (change.taste !== undefined) dispatch({ kind: "set", value: change.taste });
    setRest((before) => ({ ...before, ...change }));
  }, []);
  const go = useCallback(
    (change: Partial<Address>) => {
      move(change, true);
      scrollTo({ top: 0 });
    },
    [move],
  );
  const amend = useCallback((change: Partial<Address>) => move(change, false), [move]);
  const change = useCallback((value: Taste) => dispatch({ kind: "set", value }), []);
  const linkTo = useCallback((to: Partial<Address>) => addressToHash({ ...current.current, ...to }), []);
  const undoRun = useCallback(() => dispatch({ kind: "undo" }), []);
  const redoRun = useCallback(() => dispatch({ kind: "redo" }), []);
  const canUndo = tastes.past.length > 0;
  const canRedo = tastes.future.length > 0;
  const actions = useMemo(() => ({ go, amend, change, linkTo }), [go, amend, change, linkTo]);
  const state = useMemo(
    () => ({
      ...actions,
      address,
      undo: { can: canUndo, run: undoRun },
      redo: { can: canRedo, run: redoRun },
    }),
    [actions, address, canUndo, canRedo, undoRun, redoRun],
  );
  return { state, actions };
}

function sameTaste(a: Taste, b: Taste): boolean {
  return a.user === b.user && stepsToText(a.steps) === stepsToText(b.steps);
}
