import type { AttentionOptions } from "../../src/nn/attention-options.js";
import { affine, sigmoidOf } from "./run-layer.js";

export interface AttentionSample {
  /** [B][Q], [U][Q] */
  query: number[][];
  items: number[][];
  /** [B][T] */
  history: number[][];
  mask: number[][];
  /** [B][T][W], or null */
  behaviour: number[][][] | null;
}

export interface AttentionReference {
  /** [B][T][H] */
  weights: number[][][];
  /** [H][B][width] */
  interests: number[][][];
}

/**
 * DIN's activation unit as the paper writes it: for every head, row and step one MLP over [q, k, q - k, q * k, behaviour],
 * nothing split, nothing shared, padding skipped by a condition.
 */
export function plainAttention(
  { query, items, history, mask, behaviour }: AttentionSample,
  { name, heads, hidden, activation, weights: kind, pool, behaviourInValue = false }: AttentionOptions,
  parameters: Readonly<Record<string, number[]>>,
): AttentionReference {
  const weights = query.map((_, b) => history[b]!.map(() => heads.map(() => 0)));
  const interests = heads.map((head, h) =>
    query.map((row, b) => {
      const q = row.slice(head.query.start, head.query.end);
      const real = history[b]!.flatMap((_, t) => (mask[b]![t] === 1 ? [t] : []));
      const logits = real.map((t) => {
        const k = items[history[b]![t]!]!.slice(head.key.start, head.key.end);
        let x = [
          ...q,
          ...k,
          ...q.map((v, i) => v - k[i]!),
          ...q.map((v, i) => v * k[i]!),
          ...(behaviour ? behaviour[b]![t]! : []),
        ];
        hidden.forEach((units, layer) => {
          const at = `${name}.${layer}`;
          const own = (part: string): number[] => parameters[`${at}.${part}`]!.slice(h * units, (h + 1) * units);
          const weight = layer === 0 ? `${name}.${head.name}.0.weight` : `${at}.${head.name}.weight`;
          x = affine([x], parameters[weight]!, own("bias"))[0]!.map((value, i) => {
            if (activation === "relu") return Math.max(0, value);
            if (activation === "sigmoid") return sigmoidOf(value);
            if (activation === "tanh") return Math.tanh(value);
            const slope = own("slope")[i]!;
            if (activation === "prelu") return value > 0 ? value : slope * value;
            const p = sigmoidOf((value - own("mean")[i]!) / Math.sqrt(own("variance")[i]! + 1e-8));
            return p * value + (1 - p) * slope * value;
          });
        });
        return affine([x], parameters[`${name}.out.${head.name}.weight`]!, [
          parameters[`${name}.out.bias`]![h]!,
        ])[0]![0]!;
      });
      const largest = Math.max(...logits);
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
      const value = new Array<number>(
        head.key.end - head.key.start + (behaviourInValue ? (behaviour?.[0]?.[0]?.length ?? 0) : 0),
      ).fill(0);
      real.forEach((t, i) => {
        const logit = logits[i]!;
        const a = kind === "linear" ? logit : kind === "tanh" ? Math.tanh(logit) : Math.exp(logit - largest) / total;
        weights[b]![t]![h] = a;
        const step = items[history[b]![t]!]!.slice(head.key.start, head.key.end);
        if (behaviourInValue && behaviour) step.push(...behaviour[b]![t]!);
        step.forEach((part, d) => {
          value[d]! += a * part;
        });
      });
      const divisor =
        pool === "sum" ? 1 : pool === "sqrt" ? Math.sqrt(Math.max(1, real.length)) : Math.max(1, real.length);
      return value.map((sum) => sum / divisor);
    }),
  );
  return { weights, interests };
}
