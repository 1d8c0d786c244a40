import { ListenerId } from "@lemons/shared/contract/identifier";
import { InputError } from "../engine/input-error.ts";

export const MAX_SEED = 0xffffffff;

/**
 * Reads a whole number, digits only.
 *
 * @throws InputError if it isn't one from `min` to `max`
 */
export function wholeNumber(
  option: string,
  text: string,
  { min = 0, max = Number.MAX_SAFE_INTEGER } = {},
): number {
  if (!/^\d{1,15}$/.test(text)) {
    throw new InputError(`--${option} must be a whole number, not "${text}"`);
  }
  const value = Number(text);
  if (value > max) throw new InputError(`--${option} must be at most ${max}, not ${text}`);
  if (value < min) throw new InputError(`--${option} must be at least ${min}, not ${text}`);
  return value;
}

/**
 * Reads a number: `0.001`, `1e-3`.
 *
 * @throws InputError if it isn't one from `min` to `max`
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

/** @throws InputError that lists the choices */
export function choice<Choice extends string>(
  option: string,
  choices: readonly Choice[],
  text: string,
): Choice {
  const found = choices.find((each) => each === text);
  if (found !== undefined) return found;
  throw new InputError(`--${option} must be one of ${choices.join(", ")}, not "${text}"`);
}

export const MODEL_OPTION = {
  value: "M",
  help: "model package (a folder), or an .onnx file",
} as const;

export const LISTENER_OPTION = {
  value: "L",
  help: "the listener whose head to use, if the model is a shared-encoder package",
} as const;

/** @throws InputError if it can't be the id of a listener */
export function listenerFrom(text: string | undefined): ListenerId | undefined {
  if (text === undefined) return undefined;
  const listener = ListenerId.safeParse(text);
  if (listener.success) return listener.data;
  throw new InputError(
    `--listener "${text}" can't be the id of a listener: ${listener.error.issues[0]!.message}`,
  );
}
