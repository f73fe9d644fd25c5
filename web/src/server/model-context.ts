import { createContext, useContext } from "react";
import type { ModelSummary } from "../../../src/api/contract.js";

/** The model that the server serves; every page below the shell has one. */
export const ModelContext = createContext<ModelSummary | null>(null);

export function useModel(): ModelSummary {
  const model = useContext(ModelContext);
  if (model === null) throw new Error("a page was drawn outside of the shell");
  return model;
}
