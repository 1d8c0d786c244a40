import type { ApiKey, KeyId, Scope } from "@lemons/shared/contract/access";

/** A caller without an API key who has uploaded songs, known by a cookie. */
export interface Visitor {
  /** In the same id space as API keys: a visitor owns private things in the same way. */
  id: KeyId;
  expiresAt: Date;
}

/** The sender of a request: the holder of an API key, a visitor of the pages, or anonymous. */
export interface Caller {
  /** Null without an API key. */
  key: ApiKey | null;
  /** Null without a valid visitor's cookie. */
  visitor: Visitor | null;
  scopes: ReadonlySet<Scope>;
  /** The owner whose private things the caller sees; null if there is none. */
  owner: KeyId | null;
}

const ALL_SCOPES: readonly Scope[] = ["read", "explain", "upload", "admin"];

/** A caller without an API key: sees public things and may request explanations of them. */
export const ANONYMOUS: Caller = {
  key: null,
  visitor: null,
  scopes: new Set(["read", "explain"]),
  owner: null,
};

/** A page of another origin that writes without a key: it may not spend its visitors' budget. */
export const CROSS_ORIGIN_WRITER: Caller = { ...ANONYMOUS, scopes: new Set() };

/** Returns the caller of a visitor: anonymous, with private songs. */
export const visitorCaller = (visitor: Visitor): Caller => ({
  ...ANONYMOUS,
  visitor,
  owner: visitor.id,
});

/** Returns the caller of a valid API key. */
export function keyCaller(key: ApiKey): Caller {
  const scopes = new Set(key.scopes.includes("admin") ? ALL_SCOPES : key.scopes);
  return { key, visitor: null, scopes, owner: key.id };
}

/** The part of a caller that decides which private things are visible. */
export type Viewer = Pick<Caller, "owner" | "scopes">;

/** The owner of a private thing. */
export interface Ownership {
  /** Null if the thing is public. */
  owner: KeyId | null;
  /** True if it concerns an uploaded track, which even administrators don't see. */
  isPrivateTrack: boolean;
}

/** Returns true if a caller may see a thing. */
export function maySee(caller: Viewer, { owner, isPrivateTrack }: Ownership): boolean {
  return owner === null || owner === caller.owner || (!isPrivateTrack && seesEveryKey(caller));
}

/** Returns true if a caller sees the listeners and deliveries of all keys. */
export const seesEveryKey = ({ scopes }: Viewer): boolean => scopes.has("admin");
