import { InputError } from "../engine/input-error.ts";

/**
 * Reads an option's value: `0.001`, `1e-3`.
 *
 * @throws InputError where it is no number from `min` to `max`
 */
export function decimalNumber(option: string, text: string, min: number, max: number): number {
  if (!/^\d*\.?\d+(e[+-]?\d+)?$/i.test(text)) {
    throw new InputError(`--${option} must be a number, not "${text}"`);
  }
  const value = Number(text);
  if (value < min || value > max) {
    throw new InputError(`--${option} must be from ${min} to ${max}, not ${text}`);
  }
  return value;
}
