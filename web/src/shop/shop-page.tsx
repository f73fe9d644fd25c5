import "./shop.css";
import { useCallback, useRef } from "react";
import { useApp } from "../address/address-context.js";
import { nextTime, type Step } from "../address/steps.js";
import { useModel } from "../server/model-context.js";
import { useUsualFeatures } from "../server/usual-features.js";
import { Catalogue } from "./catalogue.js";
import { useChooseItems } from "./chosen-items.js";
import { History } from "./history.js";
import { MiniBar } from "./mini-bar.js";
import { PersonPicker } from "./person-picker.js";
import { Recommendations } from "./recommendations.js";
import { useRecommendations } from "./use-recommendations.js";

/** The shop window: a click on a poster is a step of the history, and the recommendations follow. */
export default function ShopPage() {
  const { address, change } = useApp();
  const model = useModel();
  const usual = useUsualFeatures();
  const answer = useRecommendations();
  const taste = useRef(address.taste);
  taste.current = address.taste;

  const add = useCallback(
    (item: string, label: 0 | 1) => {
      const { user, steps } = taste.current;
      const features = usual.get(label);
      const step: Step = { item, label, time: nextTime(steps, model), ...(features !== undefined && { features }) };
      change({ user, steps: [...steps, step] });
    },
    [change, model, usual],
  );
  useChooseItems(address.taste.steps);

  return (
    <>
      <header>
        <h1>Shop window</h1>
        <p>Click a poster that you like: it becomes your history, and the recommendations follow.</p>
      </header>
      <div className="shop">
        <div className="window">
          <section className="you" aria-label="Your history">
            <div className="section-head">
              <h2>Your history</h2>
              <PersonPicker user={address.taste.user} empty={address.taste.steps.length === 0} />
            </div>
            <History />
          </section>
          <section className="for-you" aria-label="For you" id="for-you">
            <Recommendations answer={answer} add={add} />
          </section>
        </div>
        <section className="catalogue" aria-label="Catalogue">
          <Catalogue add={add} search={address.search} filters={address.filters} />
        </section>
      </div>
      <MiniBar answer={answer} />
    </>
  );
}
