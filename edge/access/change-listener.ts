import type { ListenerId } from "@lemons/shared/contract/identifier";
import { ProblemError } from "../base/problems/problem.ts";
import { findListener, type OwnedListener } from "../catalogue/listeners.ts";
import { type Caller, seesEveryKey } from "./caller.ts";

/**
 * A listener that a caller may change: a key its own, an administrator all.
 *
 * @throws ProblemError unknown-listener; missing-scope where it is everybody's
 */
export async function findListenerToChange(
  db: D1Database,
  id: ListenerId,
  caller: Caller,
): Promise<OwnedListener> {
  const listener = await findListener(db, id, caller);
  if (listener === null) throw new ProblemError({ kind: "unknown-listener", id });
  if (listener.owner === null && !seesEveryKey(caller)) {
    throw new ProblemError({ kind: "missing-scope", scope: "admin" });
  }
  return listener;
}
