// "Did you mean": the known word closest to a mistyped one, by edit distance. Suggests nothing
// rather than something far-fetched: at most a third of the letters, or one swapped pair, may be wrong.

export function nearest(typed: string, known: readonly string[]): string | undefined {
  let best: { word: string; distance: number } | undefined;
  for (const word of known) {
    const distance = editDistance(typed.slice(0, 64), word);
    if (best === undefined || distance < best.distance) best = { word, distance };
  }
  if (best === undefined) return undefined;
  const allowed = Math.max(2, Math.floor(best.word.length / 3));
  return (typed.length > 2 && best.distance <= allowed) ||
    (typed.length >= 2 && best.word.startsWith(typed))
    ? best.word
    : undefined;
}

/** Levenshtein: insertions, deletions and substitutions cost one each. */
export function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line++) {
    const next = [line];
    for (let column = 1; column <= to.length; column++) {
      const substitute = (row[column - 1] ?? 0) + (from[line - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(substitute, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
