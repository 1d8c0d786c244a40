import type { KeyId } from "@lemons/shared/contract/access";
import type { ListenerId } from "@lemons/shared/contract/identifier";
import { sha256Hex } from "@lemons/shared/identity/sha256";

/** Listeners that one key may have. */
export const MAX_OWN_LISTENERS = 50;

const ID_DIGITS = 32;

/** The id of a key's listener: the same name of another key is another listener, so names tell nothing. */
export async function ownListenerId(owner: KeyId, name: ListenerId): Promise<ListenerId> {
  return `own-${(await sha256Hex(`listener ${owner} ${name}`)).slice(0, ID_DIGITS)}`;
}

/** Whether an id is that of somebody's own listener. No other listener may be called so. */
export const isOwnListenerId = (id: ListenerId): boolean => /^own-[0-9a-f]{32}$/.test(id);
