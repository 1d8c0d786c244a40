import type { ApiKey, KeyId, Scope } from "@lemons/shared/contract/access";

/** Somebody without a key who has songs of their own here for a while. */
export interface Visitor {
  /** Of the kind that keys have: what is theirs is kept under it. */
  id: KeyId;
  expiresAt: Date;
}

/** Who asks: the holder of a key, a visitor of the pages with songs of their own here, or anybody. */
export interface Caller {
  /** Null without a key. */
  key: ApiKey | null;
  /** Null unless a page's cookie names one. */
  visitor: Visitor | null;
  scopes: ReadonlySet<Scope>;
  /** Whose things the caller sees besides everybody's; null: nobody's. */
  owner: KeyId | null;
}

const EVERY_SCOPE: readonly Scope[] = ["read", "explain", "upload", "admin"];

/** Somebody without a key: may look at what is everybody's, and ask for explanations of it. */
export const ANONYMOUS: Caller = {
  key: null,
  visitor: null,
  scopes: new Set(["read", "explain"]),
  owner: null,
};

/** A page of another origin that writes without a key: it may not spend its visitors' budget. */
export const CROSS_ORIGIN_WRITER: Caller = { ...ANONYMOUS, scopes: new Set() };

/** A visitor: anybody, with songs of their own. */
export const visitorCaller = (visitor: Visitor): Caller => ({
  ...ANONYMOUS,
  visitor,
  owner: visitor.id,
});

/** The holder of a valid key. */
export function holderOf(key: ApiKey): Caller {
  const scopes = new Set(key.scopes.includes("admin") ? EVERY_SCOPE : key.scopes);
  return { key, visitor: null, scopes, owner: key.id };
}

/** Whose things are looked for besides everybody's: those of a key, and all listeners for an administrator. */
export type Viewer = Pick<Caller, "owner" | "scopes">;

/** To whom something belongs. */
export interface Ownership {
  /** Null: everybody's. */
  owner: KeyId | null;
  /** Whether it is about somebody's own track: that is not even shown to who runs the service. */
  isPrivateTrack: boolean;
}

/** Whether a caller may see what belongs to somebody; what belongs to nobody is everybody's. */
export function maySee(caller: Viewer, { owner, isPrivateTrack }: Ownership): boolean {
  return owner === null || owner === caller.owner || (!isPrivateTrack && seesEveryKey(caller));
}

/** Whether a caller sees the listeners and deliveries of all keys. */
export const seesEveryKey = ({ scopes }: Viewer): boolean => scopes.has("admin");
