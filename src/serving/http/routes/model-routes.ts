import type { ModelComparison } from "../../../api/training-contract.js";
import { readComparison } from "../../model-pages/model-comparison.js";
import type { ModelEvaluations } from "../../model-pages/model-evaluation.js";
import { modelTraining } from "../../model-pages/model-training.js";
import type { Handlers } from "../define-routes.js";
import { HttpProblem } from "../http-problem.js";
import type { Served } from "../served.js";

export interface ModelRouteParts {
  served: Served;
  evaluations: ModelEvaluations;
  /** Folder of the report, where one was given. */
  report: string | undefined;
}

/** How the model came to be, how good it is, and what it was compared with. */
export function modelRoutes({
  served,
  evaluations,
  report,
}: ModelRouteParts): Handlers<"training" | "evaluation" | "comparison"> {
  return {
    training: async () => modelTraining(served.ranker.model().run),
    evaluation: async () => evaluations.of(served.ranker.model().run),
    async comparison(): Promise<ModelComparison> {
      if (report === undefined)
        throw new HttpProblem("NOT_FOUND", "The server was given no report: start it with --report DIR");
      const comparison = readComparison(report);
      return { ...comparison, sameDataset: comparison.dataset.hash === served.ranker.model().dataset.hash };
    },
  };
}
