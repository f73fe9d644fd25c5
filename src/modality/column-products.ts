/** X' X of rows: [d, d]; four rows at a time, so that the sums are loaded and stored a quarter as often. */
export function columnProducts(rows: readonly Float64Array[]): Float64Array[] {
  const d = rows[0]!.length;
  const zeros = new Float64Array(d);
  const products = Array.from({ length: d }, () => new Float64Array(d));
  for (let r = 0; r < rows.length; r += 4) {
    const [p, q, s, t] = [rows[r]!, rows[r + 1] ?? zeros, rows[r + 2] ?? zeros, rows[r + 3] ?? zeros];
    for (let i = 0; i < d; i++) {
      const sums = products[i]!;
      const [pi, qi, si, ti] = [p[i]!, q[i]!, s[i]!, t[i]!];
      for (let j = 0; j <= i; j++) sums[j]! += pi * p[j]! + qi * q[j]! + si * s[j]! + ti * t[j]!;
    }
  }
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) products[j]![i] = products[i]![j]!;
  return products;
}
