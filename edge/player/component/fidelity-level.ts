/** How far a local fit can be trusted. */
export type FidelityLevel = "very-close" | "close" | "rough" | "poor";

/**
 * The level of a fidelity.
 *
 * @param fidelity weighted R squared of the local fit: at most 1, below 0 where the mean is better
 */
export function fidelityLevel(fidelity: number): FidelityLevel {
  if (fidelity >= 0.9) return "very-close";
  if (fidelity >= 0.7) return "close";
  return fidelity >= 0.4 ? "rough" : "poor";
}
