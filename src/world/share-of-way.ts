/**
 * How far from guessing to knowing the world an AUC goes: (auc - .5) / (oracle - .5), both on the same rows. null where one of
 * them is not defined, or where the oracle guesses, too.
 */
export function shareOfWay(auc: number | null, oracle: number | null): number | null {
  return auc === null || oracle === null || oracle === 0.5 ? null : (auc - 0.5) / (oracle - 0.5);
}
