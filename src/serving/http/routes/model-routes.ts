import { createReadStream, statSync } from "node:fs";
import { extname } from "node:path";
import type { ModelComparison } from "../../../api/training-contract.js";
import type { ModelBundles } from "../../model-pages/model-bundles.js";
import { readComparison } from "../../model-pages/model-comparison.js";
import type { ModelEvaluations } from "../../model-pages/model-evaluation.js";
import { modelTraining } from "../../model-pages/model-training.js";
import type { Handlers } from "../define-routes.js";
import { HttpProblem } from "../http-problem.js";
import type { Served } from "../served.js";

export interface ModelRouteParts {
  served: Served;
  evaluations: ModelEvaluations;
  bundles: ModelBundles;
  /** Folder of the report, where one was given. */
  report: string | undefined;
}

/** A browser runs request.mjs as a module only where its type says so. */
const TYPES: Readonly<Record<string, string>> = { ".mjs": "text/javascript", ".json": "application/json" };

/** How the model came to be, how good it is, and what it was compared with. */
export function modelRoutes({
  served,
  evaluations,
  bundles,
  report,
}: ModelRouteParts): Handlers<"training" | "evaluation" | "comparison" | "bundle"> {
  return {
    training: async () => modelTraining(served.ranker.model().run),
    evaluation: async () => evaluations.of(served.ranker.model().run),
    async comparison(): Promise<ModelComparison> {
      if (report === undefined)
        throw new HttpProblem("NOT_FOUND", "The server was given no report: start it with --report DIR");
      const comparison = readComparison(report);
      return { ...comparison, sameDataset: comparison.dataset.hash === served.ranker.model().dataset.hash };
    },
    async bundle({ params: { file } }, { reply }) {
      const path = await bundles.file(served.ranker.model().run, file);
      if (path === null) throw new HttpProblem("NOT_FOUND", `The exported model has no file ${file}`);
      reply.header("cache-control", "no-cache").header("content-length", statSync(path).size);
      return reply.type(TYPES[extname(file)] ?? "application/octet-stream").send(createReadStream(path));
    },
  };
}
