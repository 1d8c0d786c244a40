import { createHash } from "node:crypto";

/**
 * A seed that follows from another and from what it is for, so that adding a track or a repeat does
 * not change those of the others.
 *
 * @returns 0 to 2^32 - 1
 */
export function derivedSeed(seed: number, ...purpose: readonly (string | number)[]): number {
  const text = JSON.stringify([seed, ...purpose]);
  return createHash("sha256").update(text).digest().readUInt32LE(0);
}
