import type { ModelSummary } from "../../../src/api/contract.js";
import type { ModelTraining } from "../../../src/api/training-contract.js";
import { count, day, decimal, duration, moment } from "../parts/format.js";

const ENDINGS = {
  early: "stopped early: validation stood still",
  epochs: "after all its epochs",
  asked: "stopped by hand",
  counted: "counted, not trained by gradient",
} as const;

/** What the model was trained on, when, with which options. */
export function TrainingFacts({ training, model }: { training: ModelTraining; model: ModelSummary }) {
  const { created, dataset, versions, threads, device, parameters, result, best, calibration, options } = training;
  const facts: [string, string][] = [
    ["trained", moment(created)],
    ["on", `${dataset.name} (${dataset.hash.slice(0, 12)})`],
    ["log until", model.clock === "time" ? day(model.lastTime) : `position ${count(model.lastTime)}`],
    ["items", `${count(model.items.count)}, ${count(model.items.trained)} of them with events in training`],
    ["people", count(model.users)],
    ["numbers learned", count(parameters)],
    ...(result === null
      ? []
      : ([
          ["ended", `${ENDINGS[result.stopped]}, ${count(result.epochs)} epochs, ${count(result.steps)} steps`],
          ["took", `${duration(result.seconds)} on ${threads} ${threads === 1 ? "thread" : "threads"} (${device})`],
          ...(result.rowsPerSecond === null ? [] : [["rows per second", count(Math.round(result.rowsPerSecond))]]),
        ] as [string, string][])),
    ...(best === null
      ? []
      : ([["best on validation", `log-loss ${decimal(best.logLoss)}, AUC ${decimal(best.auc)}`]] as [
          string,
          string,
        ][])),
    ...(calibration === null
      ? []
      : ([
          [
            "calibration",
            `${calibration.kind}${calibration.before === null ? "" : `, ECE ${decimal(calibration.before.ece)} to`} ${calibration.before === null ? `ECE ${decimal(calibration.after.ece)}` : decimal(calibration.after.ece)}`,
          ],
        ] as [string, string][])),
    ["made by", `mmdin ${versions.mmdin}, ONNX Runtime ${versions.onnxruntime}, Node ${versions.node}`],
  ];
  return (
    <div className="two training-facts">
      <dl className="pairs">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <details>
        <summary>Every option</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too */}
        <pre tabIndex={0}>{JSON.stringify(options, null, 2)}</pre>
      </details>
    </div>
  );
}
