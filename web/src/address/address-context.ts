import { createContext, useContext } from "react";
import type { AddressActions, AddressState } from "./use-address.js";

export const AddressContext = createContext<AddressState | null>(null);
export const ActionsContext = createContext<AddressActions | null>(null);

/** What the app shows, and how to change it. */
export function useApp(): AddressState {
  return known(useContext(AddressContext));
}

/** How to change what the app shows: stays the same, so whoever needs no more is not drawn anew with every change. */
export function useActions(): AddressActions {
  return known(useContext(ActionsContext));
}

function known<T>(state: T | null): T {
  if (state === null) throw new Error("drawn outside of the app");
  return state;
}
