import type { CSSProperties } from "react";
import type { Estimate, SliceMeasure } from "../../../src/api/training-contract.js";
import { count, decimal } from "../parts/format.js";

/** AUC on parts of the test rows, each with its interval; the line is all rows. */
export function Slices({ slices, overall }: { slices: readonly SliceMeasure[]; overall: Estimate }) {
  const shown = slices.filter(({ rows, auc }) => rows > 0 && auc.value !== null);
  const ends = shown.flatMap(({ auc }) => [auc.value!, ...(auc.interval ?? [])]);
  const low = Math.min(0.5, ...ends);
  const high = Math.max(overall.value ?? 0.5, ...ends);
  const at = (value: number): number => (value - low) / Math.max(1e-9, high - low);
  return (
    <section aria-label="Slices">
      <h3>For whom, and of what</h3>
      <p className="small quiet">AUC of each part of the test rows with its 95 % interval; the line is all rows.</p>
      <table className="slices">
        <thead>
          <tr>
            <th scope="col">part</th>
            <th scope="col" className="right">
              rows
            </th>
            <th scope="col" className="right">
              AUC
            </th>
            <th scope="col">
              <span className="ends number">
                <span>{low.toFixed(2)}</span>
                <span>{high.toFixed(2)}</span>
              </span>
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ name, rows, auc }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="right">{count(rows)}</td>
              <td className="right">{decimal(auc.value, 3)}</td>
              <td>
                <span
                  className="interval"
                  aria-hidden="true"
                  style={
                    {
                      "--low": at(auc.interval?.[0] ?? auc.value!),
                      "--high": at(auc.interval?.[1] ?? auc.value!),
                      "--at": at(auc.value!),
                      "--all": at(overall.value ?? low),
                    } as CSSProperties
                  }
                >
                  <i />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
