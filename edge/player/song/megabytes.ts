const MEGABYTE = 1_000_000;

/** Bytes as megabytes for people: one decimal, but none where it is 0. */
export function inMegabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(1).replace(/\.0$/, "");
}
