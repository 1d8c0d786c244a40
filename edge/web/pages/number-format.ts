const MINUS = "\u2212";

/** A relevance as the pages show it: 0.8342 is `0.83`. */
export function formatRelevance(relevance: number): string {
  return relevance.toFixed(2);
}

/** A weight with its sign: `+0.213`, `−0.043`, `0.000`. */
export function formatWeight(weight: number): string {
  const digits = Math.abs(weight).toFixed(3);
  if (Number(digits) === 0) return digits;
  return `${weight < 0 ? MINUS : "+"}${digits}`;
}

/** A number of a details list, four decimals, with a true minus sign. */
export function formatDecimal(value: number): string {
  return value.toFixed(4).replace("-", MINUS);
}

/** A stretch of time: `6–12 s`, with a decimal where the ends are not whole seconds. */
export function formatTimeRange(startSeconds: number, endSeconds: number): string {
  const text = (seconds: number) => String(Math.round(seconds * 10) / 10);
  return `${text(startSeconds)}\u2013${text(endSeconds)}\u202fs`;
}

/** A count with its noun: `1 track`, `15 tracks`. */
export function formatCount(count: number, noun: string): string {
  return `${count.toLocaleString("en-GB")} ${noun}${count === 1 ? "" : "s"}`;
}
