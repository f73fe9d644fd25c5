import "./why.css";
import { useState } from "react";
import { Button } from "react-aria-components";
import { useApp } from "../address/address-context.js";
import { questionOf } from "../address/steps.js";
import { ItemPicker } from "../parts/item-picker.js";
import { Empty, Problem, Skeleton, Waiting, Warnings } from "../parts/states.js";
import { useItems } from "../server/item-store.js";
import { useModel } from "../server/model-context.js";
import { server } from "../server/server.js";
import { useAnswer } from "../server/use-answer.js";
import { CandidateChoice } from "./candidate-choice.js";
import { CandidateWhy } from "./candidate-why.js";

/** Why a candidate has its place: one, or two side by side. */
export default function WhyPage() {
  const { address, amend } = useApp();
  const model = useModel();
  const { candidates, taste, onDevice } = address;
  // In this browser the history stays here, unless somebody says otherwise for this page.
  const [mayAsk, setMayAsk] = useState(false);
  const question = { ...questionOf(taste, model), candidates };
  const asks = candidates.length > 0 && (!onDevice || mayAsk);
  const answer = useAnswer(asks ? `explain ${model.run} ${JSON.stringify(question)}` : null, (signal) =>
    server.explain(question, signal),
  );
  const { value, error, slow, again } = answer;
  const results = new Map((value?.results ?? []).map((result) => [result.item, result]));
  const explained = candidates.flatMap((id) => results.get(id) ?? []);
  const nearest = explained.flatMap(({ explanation }) => Object.values(explanation?.nearest ?? {}));
  const items = useItems([...candidates, ...taste.steps.map(({ item }) => item), ...nearest.map(({ item }) => item)]);
  const drop = (id: string): void => amend({ candidates: candidates.filter((other) => other !== id) });
  const add = (id: string): void => amend({ candidates: [...new Set([...candidates, id])].slice(-2) });
  return (
    <>
      <header>
        <h1>Why</h1>
        <p>What the model looked at, and what each step of the history did to the answer, exactly.</p>
      </header>
      <div className="find-bar">
        <ItemPicker label={candidates.length === 0 ? "Explain an item" : "Compare with"} onPick={add} />
        <Waiting slow={slow} />
      </div>
      {candidates.length === 0 && <CandidateChoice pick={add} />}
      {candidates.length > 0 && !asks && (
        <Empty title="Explanations are made by the server">
          <p>The model runs in this browser now, and your history has not left it. To see why, it has to be sent.</p>
          <Button className="button" onPress={() => setMayAsk(true)}>
            Send the history and show why
          </Button>
        </Empty>
      )}
      {error !== null && <Problem error={error} again={again} title="No explanation" />}
      {value !== null && <Warnings texts={value.warnings} />}
      <div className="whys" data-two={candidates.length > 1 ? "" : undefined}>
        {explained.map((result) => (
          <CandidateWhy
            key={result.item}
            result={result}
            items={items}
            unknown={value?.unknown.includes(result.item) ?? false}
            clock={model.clock}
            {...(candidates.length > 1 && { drop })}
          />
        ))}
        {asks &&
          error === null &&
          candidates.filter((id) => !results.has(id)).map((id) => <Skeleton key={id} height="30rem" />)}
      </div>
    </>
  );
}
