/** AUC as one would write it first: rows sorted by a comparator, then the ranks of the positives; ties share their mean rank. */
export function plainAuc(scores: Float32Array, labels: Uint8Array): number {
  const order = rowNumbers(scores.length).sort((a, b) => scores[a]! - scores[b]!);
  return aucOfOrder(order, { scores, labels });
}

/** gAUC as one would write it first: rows sorted by user and score, then the AUC of each user, weighted by rows. */
export function plainGauc(scores: Float32Array, { labels, users }: { labels: Uint8Array; users: Int32Array }): number {
  const order = rowNumbers(scores.length).sort((a, b) => users[a]! - users[b]! || scores[a]! - scores[b]!);
  let weighted = 0;
  let total = 0;
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && users[order[end]!] === users[order[start]!]) end++;
    const own = aucOfOrder(order.subarray(start, end), { scores, labels });
    if (Number.isNaN(own)) continue;
    weighted += own * (end - start);
    total += end - start;
  }
  return weighted / total;
}

function rowNumbers(count: number): Uint32Array {
  const numbers = new Uint32Array(count);
  for (let i = 0; i < count; i++) numbers[i] = i;
  return numbers;
}

function aucOfOrder(order: Uint32Array, { scores, labels }: { scores: Float32Array; labels: Uint8Array }): number {
  let ranks = 0;
  let positives = 0;
  for (let start = 0, end = 0; start < order.length; start = end) {
    let tied = 0;
    for (; end < order.length && scores[order[end]!] === scores[order[start]!]; end++) tied += labels[order[end]!]!;
    ranks += tied * ((start + end + 1) / 2);
    positives += tied;
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
}
