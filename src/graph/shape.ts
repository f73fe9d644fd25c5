import { MmdinError } from "../errors.js";

/**
 * A dimension: a number, or a letter that is known at run time (B rows, T history steps, U distinct items ...). A product
 * of letters and numbers is written with a star ("B*T", "12*B").
 */
export type Dim = number | string;
export type Shape = readonly Dim[];
/** Ops compute in float32; float64 enters and leaves whole models (`src/export`) alone. */
export type DType = "float32" | "float64" | "int32" | "int64" | "bool";

export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** Axis in 0..rank-1 from one that may count from the end. */
export function normalAxis(axis: number, rank: number): number {
  const normal = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(normal) || normal < 0 || normal >= rank) {
    throw new MmdinError("SHAPE", "axis out of range", {
      expected: `an axis of a rank-${rank} tensor`,
      got: `${axis}`,
    });
  }
  return normal;
}

/** Shape of an elementwise op of two operands: axes match from the right; 1 stretches. */
export function broadcastShapes(a: Shape, b: Shape): Dim[] {
  const rank = Math.max(a.length, b.length);
  const out: Dim[] = [];
  for (let i = 0; i < rank; i++) {
    const left = a[a.length - rank + i] ?? 1;
    const right = b[b.length - rank + i] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new MmdinError("SHAPE", "shapes do not broadcast", {
        expected: "equal dimensions or 1, from the right",
        got: `${formatShape(a)} and ${formatShape(b)}`,
      });
    }
    out.push(left === 1 ? right : left);
  }
  return out;
}

/** Product of dimensions: a number where all are, else letters in order joined by a star, so that equal products are equal. */
export function productOf(dims: Shape): Dim {
  const { factor, letters } = factorsOf(dims);
  if (letters.length === 0 || factor === 0) return factor;
  return [...(factor === 1 ? [] : [factor]), ...letters].join("*");
}

/** The number and the sorted letters of a product of dimensions. */
export function factorsOf(dims: Shape): { factor: number; letters: string[] } {
  let factor = 1;
  const letters: string[] = [];
  for (const dim of dims) {
    for (const part of String(dim).split("*")) {
      if (Number.isNaN(Number(part))) letters.push(part);
      else factor *= Number(part);
    }
  }
  return { factor, letters: letters.sort() };
}

/** The numbers behind a shape, given the value of every letter. */
export function resolveShape(shape: Shape, letters: Readonly<Record<string, number>>): number[] {
  return shape.map((dim) => {
    if (typeof dim === "number") return dim;
    let size = 1;
    for (const part of dim.split("*")) {
      const value = letters[part] ?? Number(part);
      if (Number.isNaN(value)) {
        throw new MmdinError("SHAPE", `dimension ${dim} has no value`, {
          expected: `one of ${Object.keys(letters).join(", ")}`,
        });
      }
      size *= value;
    }
    return size;
  });
}

export function sizeOf(dims: readonly number[]): number {
  let size = 1;
  for (const dim of dims) size *= dim;
  return size;
}
