import type { EncoderPackage } from "../model/model-package.ts";
import { columnEngine } from "./columns/column-engine.ts";
import type { EncoderEngine, EncoderVerdict } from "./encoder-engine.ts";

/** The installed engines; the first that applies to an encoder computes its tables. */
export const ENCODER_ENGINES: readonly EncoderEngine[] = [columnEngine];

/**
 * Finds the engine of an encoder.
 *
 * @returns the first verdict that applies, else the first refusal
 * @throws InputError if the encoder's graph is malformed
 */
export function analyseForTable(model: EncoderPackage): EncoderVerdict {
  const verdicts = ENCODER_ENGINES.map((engine) => engine.analyse(model));
  return verdicts.find(({ applies }) => applies) ?? verdicts[0]!;
}
