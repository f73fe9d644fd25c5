import { createContext, useContext } from "react";
import type { AddressState } from "./use-address.js";

export const AddressContext = createContext<AddressState | null>(null);

/** What the app shows, and how to change it. */
export function useApp(): AddressState {
  const state = useContext(AddressContext);
  if (state === null) throw new Error("drawn outside of the app");
  return state;
}
