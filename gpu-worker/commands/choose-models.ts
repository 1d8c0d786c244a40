import { InputError } from "../engine/input-error.ts";
import { nearest } from "../engine/nearest.ts";
import { findListenerModels, type ListenerModel } from "../research/evaluate/listener-models.ts";

/**
 * Finds the model packages of a folder, or only those of some listeners.
 *
 * @throws InputError if there are none, one can't be used, or a listener has none
 */
export async function chooseModels(
  directory: string,
  listeners: readonly string[] | undefined,
): Promise<ListenerModel[]> {
  const models = await findListenerModels(directory);
  if (listeners === undefined) return models;
  const known: string[] = models.map(({ listener }) => listener);
  for (const listener of listeners) {
    if (known.includes(listener)) continue;
    throw new InputError(
      `${directory} has no model of the listener "${listener}"; the nearest is "${nearest(listener, known)}"`,
    );
  }
  return models.filter(({ listener }) => listeners.includes(listener));
}
