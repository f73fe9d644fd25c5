import { useEffect, useMemo, useRef, useState } from "react";
import type { RankerAnswer } from "../../../src/api/contract.js";
import { useApp } from "../address/address-context.js";
import { questionOf } from "../address/steps.js";
import { recommendOnDevice } from "../device/on-device.js";
import { useModel } from "../server/model-context.js";
import { server } from "../server/server.js";
import { type Answer, useAnswer } from "../server/use-answer.js";

/** Results in the window. */
const SHOWN = 12;

export interface Recommended extends Answer<RankerAnswer> {
  /** Places that each result has moved up since the answer before; null for one that is new. Empty for the first answer. */
  moved: ReadonlyMap<string, number | null>;
}

/** What the person of the address is recommended, kept up to date: by the server, or in this browser. */
export function useRecommendations(): Recommended {
  const { address } = useApp();
  const model = useModel();
  const question = useMemo(() => ({ ...questionOf(address.taste, model), k: SHOWN }), [address.taste, model]);
  const where = address.onDevice ? "device" : "server";
  const answer = useAnswer(`${where} ${model.run} ${JSON.stringify(question)}`, (signal) =>
    address.onDevice ? recommendOnDevice(question, { model, signal }) : server.recommend(question, signal),
  );
  return { ...answer, moved: useMoved(answer.value) };
}

function useMoved(answer: RankerAnswer | null): ReadonlyMap<string, number | null> {
  const [moved, setMoved] = useState<ReadonlyMap<string, number | null>>(new Map());
  const before = useRef<readonly string[] | null>(null);
  useEffect(() => {
    if (answer === null) return;
    const now = answer.results.map(({ item }) => item);
    const last = before.current;
    before.current = now;
    if (last === null) return;
    setMoved(
      new Map(
        now.map((item, place) => {
          const from = last.indexOf(item);
          return [item, from < 0 ? null : from - place];
        }),
      ),
    );
  }, [answer]);
  return moved;
}
