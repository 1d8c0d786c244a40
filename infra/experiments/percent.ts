/** A share in whole percent; a dash where there is none. */
export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? "–" : `${(100 * share).toFixed(0)}\u00a0%`;
}
