import { everyMaskExplainer } from "./every-mask.ts";
import type { Explainer, ExplainerInput, ExplainerResult } from "./explainer.ts";
import { sampledExplainer } from "./sampled.ts";
import { tableExplainer } from "./table.ts";

/** The installed explainers, in the order in which they are tried. The last one never refuses. */
export const EXPLAINERS: readonly Explainer[] = [
  tableExplainer,
  everyMaskExplainer,
  sampledExplainer,
];

/**
 * Explains with the first explainer that doesn't refuse. Later ones learn why the first one refused.
 *
 * @throws InputError if masks or model can't be used; the signal's reason if it is aborted
 */
export async function explainWithFirst(
  input: Omit<ExplainerInput, "refusal">,
): Promise<ExplainerResult> {
  let refusal: string | null = null;
  for (const explainer of EXPLAINERS) {
    const result = await explainer.explain({ ...input, refusal });
    if ("answers" in result) return result;
    refusal ??= result.reason;
  }
  throw new Error(`no explainer applies: ${refusal}`);
}
