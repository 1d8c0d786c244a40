import { InputError } from "../engine/input-error.ts";
import { nearest } from "../engine/nearest.ts";
import { findListenerModels, type ListenerModel } from "../research/evaluate/listener-models.ts";

/**
 * The model packages of a folder, or only those of some listeners.
 *
 * @returns by listener
 * @throws InputError where there are none, they cannot be used, or a listener has none
 */
export async function chosenModels(
  directory: string,
  listeners: readonly string[] | undefined,
): Promise<ListenerModel[]> {
  const models = await findListenerModels(directory);
  if (listeners === undefined) return models;
  const known = models.map(({ listener }) => listener);
  for (const listener of listeners) {
    if (known.includes(listener)) continue;
    throw new InputError(
      `${directory} has no model of the listener "${listener}"; the nearest is "${nearest(listener, known)}"`,
    );
  }
  return models.filter(({ listener }) => listeners.includes(listener));
}
