import { Bar } from "../parts/bar.js";
import { percent } from "../parts/format.js";

/** How much each modality of the candidate counts; together they are one. */
export function Gates({ gates }: { gates: Readonly<Record<string, number>> }) {
  const sorted = Object.entries(gates).sort((a, b) => b[1] - a[1]);
  return (
    <section aria-label="Modality gates">
      <h3>What counts of it</h3>
      <dl className="gates">
        {sorted.map(([name, share]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Bar share={share} />
            </dd>
            <dd className="number">{percent(share, 0)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
