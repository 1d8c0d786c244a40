/** Formats a share in whole percent; null becomes a dash. */
export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? "–" : `${(100 * share).toFixed(0)}\u00a0%`;
}
