import { MmdinError } from "../errors.js";

/** A column is of another kind than the model was built for. */
export function kindError(name: string, expected: string, got: string): MmdinError {
  return new MmdinError("MISMATCH", `${name} is of another kind than the model was built for`, { expected, got });
}
