import type { ModelSummary, RankerAnswer, RecommendQuestion } from "../../../src/api/contract.js";
export async function recommendOnDevice(_q: RecommendQuestion, _: { model: ModelSummary }): Promise<RankerAnswer> {
  throw new Error("not yet");
}
