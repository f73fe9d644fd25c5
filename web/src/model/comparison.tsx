import type { ModelComparison } from "../../../src/api/training-contract.js";
import { Command } from "../parts/command.js";
import { count, decimal, duration, signed } from "../parts/format.js";
import { Problem } from "../parts/states.js";
import { server } from "../server/server.js";
import { useAnswer } from "../server/use-answer.js";
import { ComparedIntervals } from "./compared-intervals.js";

/** The report that the server was given, if it was. */
export function Comparison({ run }: { run: string }) {
  const { value, error, again } = useAnswer(`comparison ${run}`, server.comparison);
  if (error !== null) return <Problem error={error} again={again} title="The report cannot be read" />;
  if (value === null) return null;
  return (
    <section aria-label="Compared">
      <h2>{value.report === null ? "Compared with others" : value.report.title}</h2>
      {value.report === null ? (
        <p className="quiet">
          No report was given. Make one with <Command text="mmdin compare --data DIR --out reports/one" />, and serve
          with <Command text="--report reports/one" />.
        </p>
      ) : (
        <Report report={value.report} />
      )}
    </section>
  );
}

function Report({ report }: { report: ModelComparison }) {
  const { lead, sentences, lines, best, differences, notes, sameDataset, dataset } = report;
  return (
    <>
      <p className="sentence">{lead}</p>
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {!sameDataset && <p className="tag against">on another dataset than this model: {dataset.name}</p>}
      <ComparedIntervals lines={lines} best={best} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, by keys too */}
      <section className="scroll" tabIndex={0} aria-label="Models compared">
        <table className="compared">
          <thead>
            <tr>
              {["", "AUC", "gAUC", "log-loss", "ECE", "seeds", "numbers", "a run takes"].map((title) => (
                <th scope="col" key={title}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.name} className={line.name === best ? "best" : ""}>
                <th scope="row">{line.name}</th>
                <td>{decimal(line.auc.value)}</td>
                <td>{decimal(line.gauc.value)}</td>
                <td>{decimal(line.logLoss.value)}</td>
                <td>{decimal(line.ece.value)}</td>
                <td>{line.seeds}</td>
                <td>{line.parameters === null ? "" : count(line.parameters)}</td>
                <td>{line.secondsPerRun === null ? "" : duration(line.secondsPerRun)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <details>
        <summary>Is it luck? Every difference in AUC</summary>
        <ul className="differences">
          {differences.map(({ first, second, auc, sentence }) => (
            <li key={`${first} ${second}`}>
              {sentence} <span className="number quiet">{auc.value === null ? "" : signed(auc.value, 4)}</span>
            </li>
          ))}
        </ul>
      </details>
      {notes.length > 0 && (
        <ul className="notes">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </>
  );
}
