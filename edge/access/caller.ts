import type { ApiKey, KeyId, Scope } from "@lemons/shared/contract/access";

/** Who asks: the holder of a key, or anybody. */
export interface Caller {
  /** Null without a key. */
  key: ApiKey | null;
  scopes: ReadonlySet<Scope>;
  /** Whose things the caller sees besides everybody's; null without a key. */
  owner: KeyId | null;
}

const EVERY_SCOPE: readonly Scope[] = ["read", "explain", "upload", "admin"];

/** Somebody without a key: may look at what is everybody's, and ask for explanations of it. */
export const ANYBODY: Caller = { key: null, scopes: new Set(["read", "explain"]), owner: null };

/** The holder of a valid key. */
export function holderOf(key: ApiKey): Caller {
  const scopes = new Set(key.scopes.includes("admin") ? EVERY_SCOPE : key.scopes);
  return { key, scopes, owner: key.id };
}

/** Whether a caller may see what belongs to an owner; what belongs to nobody is everybody's. */
export function maySee(caller: Caller, owner: KeyId | null): boolean {
  return owner === null || owner === caller.owner;
}
