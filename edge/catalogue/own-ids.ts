import type { KeyId } from "@lemons/shared/contract/access";
import { ListenerId, type Sha256, TrackId } from "@lemons/shared/contract/identifier";
import { sha256Hex } from "@lemons/shared/identity/sha256";

/**
 * Ids of private tracks and listeners: hashes that include the owner, so that the same file or name
 * gets another id under another key and reveals nothing.
 */

const TRACK_ID_DIGITS = 40;
const LISTENER_ID_DIGITS = 32;

/** Returns the id of an uploaded track. The same bytes under another key are another track. */
export async function uploadId(owner: KeyId, audioSha256: Sha256): Promise<TrackId> {
  const hash = await sha256Hex(`${owner} ${audioSha256}`);
  return TrackId.parse(`own-${hash.slice(0, TRACK_ID_DIGITS)}`);
}

/** Returns true for ids of uploaded tracks. No catalogue track may have such an id. */
export const isUploadId = (id: TrackId): boolean => /^own-[0-9a-f]{40}$/.test(id);

/** Returns the id of a key's listener. The same name under another key is another listener. */
export async function ownListenerId(owner: KeyId, name: ListenerId): Promise<ListenerId> {
  const hash = await sha256Hex(`listener ${owner} ${name}`);
  return ListenerId.parse(`own-${hash.slice(0, LISTENER_ID_DIGITS)}`);
}

/** Returns true for ids of private listeners. No public listener may have such an id. */
export const isOwnListenerId = (id: ListenerId): boolean => /^own-[0-9a-f]{32}$/.test(id);
