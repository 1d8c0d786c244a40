/** sigmoid(logit): how probable it is that the listener listens, 0 to 1. */
export function relevanceOf(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
