// Adjusts p-values for many comparisons in one run; results are in the order given.

/** Controls the chance of even one false positive (Holm 1979). */
export function holm(ps: readonly number[]): number[] {
  const adjusted = ps.map(() => 1);
  let largest = 0;
  for (const [rank, { p, index }] of ranked(ps).entries()) {
    largest = Math.max(largest, Math.min(1, (ps.length - rank) * p));
    adjusted[index] = largest;
  }
  return adjusted;
}

/** Controls the share of false positives among the positives (Benjamini & Hochberg 1995). */
export function benjaminiHochberg(ps: readonly number[]): number[] {
  const adjusted = ps.map(() => 1);
  let smallest = 1;
  for (const [rank, { p, index }] of [...ranked(ps).entries()].reverse()) {
    smallest = Math.min(smallest, (p * ps.length) / (rank + 1));
    adjusted[index] = smallest;
  }
  return adjusted;
}

/**
 * The fewest blocks whose smallest sign-flip p, 2/2^B, can pass Holm's first step among
 * `comparisons`.
 */
export function fewestBlocks(comparisons: number, alpha = 0.05): number {
  return Math.ceil(1 + Math.log2(comparisons / alpha));
}

function ranked(ps: readonly number[]): { readonly p: number; readonly index: number }[] {
  return ps.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
}
