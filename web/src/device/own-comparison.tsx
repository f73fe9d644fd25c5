import { useState } from "react";
import { Button } from "react-aria-components";
import { useApp } from "../address/address-context.js";
import { questionOf } from "../address/steps.js";
import { percent } from "../parts/format.js";
import { Poster } from "../parts/poster.js";
import { Problem, Skeleton } from "../parts/states.js";
import { useItems } from "../server/item-store.js";
import { useModel } from "../server/model-context.js";
import { server } from "../server/server.js";
import { useAnswer } from "../server/use-answer.js";
import { recommendOnDevice } from "./on-device.js";

const SHOWN = 12;

/** What this browser recommends for the history of the address; beside the server's answer, if the history may go there. */
export function OwnComparison() {
  const { address } = useApp();
  const model = useModel();
  const [may, setMay] = useState(false);
  const question = questionOf(address.taste, model);
  const key = `${model.run} ${JSON.stringify(question)}`;
  const here = useAnswer(`here ${key}`, (signal) => recommendOnDevice({ ...question, k: SHOWN }, { model, signal }));
  const candidates = (here.value?.results ?? []).map(({ item }) => item);
  const items = useItems(candidates);
  const there = useAnswer(may && here.fresh ? `there ${key} ${candidates.join()}` : null, async (signal) => {
    const begin = performance.now();
    const answer = await server.rank({ ...question, candidates }, signal);
    return { answer, milliseconds: performance.now() - begin };
  });
  const ofServer = new Map((there.value?.answer.results ?? []).map(({ item, probability }) => [item, probability]));
  const { length } = address.taste.steps;
  return (
    <section aria-label="Your own history">
      <h2>Your own history</h2>
      {here.error !== null && <Problem error={here.error} again={here.again} title="It was not ranked" />}
      {here.error === null && here.value === null && <Skeleton height="16rem" />}
      {here.value !== null && (
        <>
          <p className="quiet">
            {length === 0 ? "It is empty" : `${length} steps`}; the whole catalogue ranked here in{" "}
            {here.value.spent.score?.toFixed(0)} ms
            {there.value !== null && `, these ${SHOWN} by the server in ${there.value.milliseconds.toFixed(0)} ms`}.
          </p>
          <table className="compared own">
            <thead>
              <tr>
                <th scope="col">best first</th>
                <th scope="col">here</th>
                {may && <th scope="col">server</th>}
                {may && <th scope="col">difference</th>}
              </tr>
            </thead>
            <tbody>
              {here.value.results.map(({ item, title, probability }) => {
                const other = ofServer.get(item);
                return (
                  <tr key={item}>
                    <th scope="row">
                      <span className="row-item">
                        <Poster id={item} title={title} picture={items.get(item)?.picture} width={28} />
                        {title ?? item}
                      </span>
                    </th>
                    <td>{percent(probability, 3)}</td>
                    {may && <td>{other === undefined ? "" : percent(other, 3)}</td>}
                    {may && <td>{other === undefined ? "" : Math.abs(other - probability).toExponential(1)}</td>}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </>
      )}
      {there.error !== null && <Problem error={there.error} again={there.again} title="The server did not rank them" />}
      {!may && here.value !== null && (
        <Button className="button" onPress={() => setMay(true)}>
          Send this history to the server, and compare
        </Button>
      )}
    </section>
  );
}
