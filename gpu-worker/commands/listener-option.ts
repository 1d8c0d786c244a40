import { ListenerId } from "@lemons/shared/contract/identifier";
import { InputError } from "../engine/input-error.ts";

/** Whose model is meant, where a package has the heads of several listeners. */
export const LISTENER_OPTION = {
  value: "L",
  help: "whose head, where the model is a shared-encoder package",
} as const;

/** @throws InputError where that cannot be the id of a listener */
export function listenerFrom(given: string | undefined): ListenerId | undefined {
  if (given === undefined) return undefined;
  const listener = ListenerId.safeParse(given);
  if (listener.success) return listener.data;
  throw new InputError(
    `--listener "${given}" cannot be the id of a listener: ${listener.error.issues[0]!.message}`,
  );
}
