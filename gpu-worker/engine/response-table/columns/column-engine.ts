import type {
  EncoderEngine,
  PreparedTable,
  TableQuestion,
  TableRefusal,
} from "../encoder-engine.ts";
import { analyseModel } from "./analyse.ts";
import { buildResponseTable, type ColumnQuestion, prepareTable } from "./build-response-table.ts";

/**
 * Computes tables of convolutional encoders column by column: each column is evaluated once for every
 * combination of the components that it sees (docs/exact-engine.md).
 */
export const columnEngine: EncoderEngine = {
  name: "columns",
  analyse(model) {
    const verdict = analyseModel(model);
    if (!verdict.applies) return verdict;
    const { encoderVersion, version } = model.manifest;
    const encoder = { trunk: verdict.trunk, encoderVersion: encoderVersion ?? version };
    return {
      applies: true,
      prepare: (question) =>
        prepareColumns(encoder, question, question.onGpu ? GPU_LIMITS : undefined),
    };
  },
};

/** A GPU's memory is fast, and each strip's operators have to be launched. */
const GPU_LIMITS = { maxStripBytes: Number.POSITIVE_INFINITY };

/** Plans a table with given limits of tensor sizes; see `TabulatedEncoder.prepare`. */
export function prepareColumns(
  encoder: Pick<ColumnQuestion, "trunk" | "encoderVersion">,
  question: TableQuestion,
  limits?: ColumnQuestion["limits"],
): PreparedTable | TableRefusal {
  const columns: ColumnQuestion = { ...question, ...encoder, limits };
  const ready = prepareTable(columns);
  if (!ready.applies) return ready;
  const { audible } = ready.plan.components;
  return {
    applies: true,
    cost: ready.cost,
    audibleComponents: audible.reduce((sum, { length }) => sum + length, 0),
    build: (options) => buildResponseTable(columns, ready, options),
  };
}
