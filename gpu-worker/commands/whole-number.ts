import { InputError } from "../engine/input-error.ts";

/**
 * Reads an option's value: digits only.
 *
 * @throws InputError where it is no whole number from 0 to `max`
 */
export function wholeNumber(option: string, text: string, max = Number.MAX_SAFE_INTEGER): number {
  if (!/^\d{1,15}$/.test(text)) {
    throw new InputError(`--${option} must be a whole number, not "${text}"`);
  }
  if (Number(text) > max) throw new InputError(`--${option} must be at most ${max}, not ${text}`);
  return Number(text);
}

/** {@link wholeNumber} of at least `least`. @throws InputError */
export function wholeNumberFrom(option: string, least: number, text: string, max?: number): number {
  const value = wholeNumber(option, text, max);
  if (value < least) throw new InputError(`--${option} must be at least ${least}, not ${text}`);
  return value;
}
