import type { Estimate, MeasuredModel } from "../../../src/api/training-contract.js";
import { decimal } from "../parts/format.js";

interface Figure {
  name: string;
  meaning: string;
  estimate: Estimate;
}

/** The numbers that say how good it is, each with what it means. */
export function Indicators({ measured }: { measured: MeasuredModel }) {
  const { auc, gauc, logLoss, prAuc, accuracy, ece, coldItems } = measured;
  const alone = (value: number | null): Estimate => ({ value, interval: null });
  const figures: Figure[] = [
    { name: "AUC", meaning: "a wanted row above an unwanted one; chance is 0.5", estimate: auc },
    { name: "gAUC", meaning: "the same within each person", estimate: gauc },
    { name: "log-loss", meaning: "surprise at what happened; lower is better", estimate: logLoss },
    { name: "ECE", meaning: "how far probabilities are from shares", estimate: alone(ece) },
    { name: "AUC, new items", meaning: "items that training has not seen", estimate: alone(coldItems.model) },
    { name: "PR-AUC", meaning: "precision over recall", estimate: alone(prAuc) },
    { name: "accuracy", meaning: "right at a half", estimate: alone(accuracy) },
  ];
  return (
    <dl className="indicators">
      {figures
        .filter(({ estimate }) => estimate.value !== null)
        .map(({ name, meaning, estimate }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="figure number">{decimal(estimate.value)}</dd>
            <dd className="small quiet number">
              {estimate.interval === null
                ? "\u00a0"
                : `${decimal(estimate.interval[0])} to ${decimal(estimate.interval[1])}`}
            </dd>
            <dd className="small quiet">{meaning}</dd>
          </div>
        ))}
    </dl>
  );
}
