import type { Sha256 } from "@lemons/shared/contract/identifier";
import { activeEncoders } from "../../catalogue/models.ts";

/** The object that scores the catalogue with an encoder. */
export const scoringOf = (env: Env, encoderVersion: Sha256) =>
  env.CATALOGUE_SCORING.getByName(encoderVersion);

/**
 * Sees to it that the catalogue is being scored with an encoder.
 *
 * @returns why scoring stands still, if it does
 */
export function ensureScoring(env: Env, encoderVersion: Sha256): Promise<string | null> {
  return scoringOf(env, encoderVersion).ensure(encoderVersion);
}

/** The same for every encoder in use; what the clock does. */
export async function ensureAllScoring(env: Env): Promise<void> {
  const encoders = await activeEncoders(env.DB);
  await Promise.all(encoders.map((encoderVersion) => ensureScoring(env, encoderVersion)));
}
