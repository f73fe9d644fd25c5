import "./model.css";
import { useApp } from "../address/address-context.js";
import { Problem, Skeleton } from "../parts/states.js";
import { useModel } from "../server/model-context.js";
import { server } from "../server/server.js";
import { useAnswer } from "../server/use-answer.js";
import { Comparison } from "./comparison.js";
import { Curves } from "./curves.js";
import { EvaluationView } from "./evaluation-view.js";
import { TrainingFacts } from "./training-facts.js";

/** How good the model is, how it came to be, and how it compares. */
export default function ModelPage() {
  useApp();
  const model = useModel();
  const training = useAnswer(`training ${model.run}`, server.training);
  return (
    <>
      <header>
        <h1>{model.name}</h1>
        <p>How good it is on rows that it has never seen, how it was trained, and what it was compared with.</p>
      </header>
      <EvaluationView run={model.run} />
      <section aria-label="Training">
        <h2>Training</h2>
        {training.error !== null && (
          <Problem error={training.error} again={training.again} title="How it was trained is not known" />
        )}
        {training.error === null && training.value === null && <Skeleton height="18rem" />}
        {training.value !== null && (
          <>
            <Curves validations={training.value.validations} />
            <TrainingFacts training={training.value} model={model} />
          </>
        )}
      </section>
      <Comparison run={model.run} />
    </>
  );
}
