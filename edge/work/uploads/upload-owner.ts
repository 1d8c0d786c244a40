import type { KeyId } from "@lemons/shared/contract/access";
import type { Context } from "hono";
import { accountOf } from "../../access/account.ts";
import type { AppEnv } from "../../access/app-env.ts";
import type { Visitor } from "../../access/caller.ts";
import { renewVisitor } from "../../access/visitor.ts";
import { settingsOf } from "../../base/env.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import type { Room } from "./uploads.ts";

/** What all visitors of one network may have here together: two of the largest files. */
const NETWORK_BYTES = 100_000_000;

/** Whose an upload will be. */
export interface UploadOwner {
  id: KeyId;
  room: Room;
  /** Where it is a visitor's: who, from now on until when, and from which network. */
  visitor: { visitor: Visitor; network: string } | null;
}

/**
 * Whoever asks, as the owner of what they upload.
 *
 * @throws ProblemError key-needed
 */
export async function uploadOwnerOf(c: Context<AppEnv>): Promise<UploadOwner> {
  const { key, visitor } = c.get("caller");
  if (key !== null) {
    const room = { ownerBytes: key.storageBytes, visitorsBytes: null };
    return { id: key.id, room, visitor: null };
  }
  if (visitor === null) throw new ProblemError({ kind: "key-needed", scope: "upload" });
  const { name: network } = await accountOf(c);
  const { VISITOR_STORAGE_BYTES: visitorsBytes } = settingsOf(c.env);
  return {
    id: visitor.id,
    room: { ownerBytes: NETWORK_BYTES, visitorsBytes },
    visitor: { visitor: renewVisitor(visitor, new Date()), network },
  };
}
