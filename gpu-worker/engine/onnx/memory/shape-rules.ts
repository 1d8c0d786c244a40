import { MATRIX_RULES } from "./matrix-rules.ts";
import type { ShapeRule } from "./operation.ts";
import { POINTWISE_RULES } from "./pointwise-rules.ts";
import { REARRANGING_RULES } from "./rearranging-rules.ts";
import { WINDOW_RULES } from "./window-rules.ts";

/**
 * The operators whose outputs' shapes follow from shapes and constants. All others are refused: those of
 * sequences and optional values, and those whose output is as long as the data makes it (NonZero,
 * Compress, Unique, NonMaxSuppression).
 */
export const SHAPE_RULES: ReadonlyMap<string, ShapeRule> = new Map(
  Object.entries({
    ...POINTWISE_RULES,
    ...REARRANGING_RULES,
    ...MATRIX_RULES,
    ...WINDOW_RULES,
  }),
);
