import { ExplanationId, ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import { type LinkQuery, parseShareLink, withLink } from "../../access/sharing/share-link.ts";

/** What an address that can be embedded stands for. */
export type EmbedTarget =
  | { kind: "explanation"; id: ExplanationId; link: LinkQuery | null }
  /** Whatever explains this track to this listener newest. */
  | { kind: "newest"; listener: ListenerId; track: TrackId };

/**
 * What an address stands for: `/e/{id}`, `/embed/{id}`, `/embed/{listener}/{track}` or
 * `/listeners/{listener}/tracks/{track}` of this service.
 *
 * @param origin of this service
 * @returns null for any other address
 */
export function targetOf(address: string, origin: string): EmbedTarget | null {
  const url = URL.parse(address);
  if (url === null || url.origin !== origin) return null;
  const path = url.pathname.split("/").slice(1);
  const [first, second, third, fourth] = path;
  if ((first === "e" || first === "embed") && path.length === 2) {
    const id = ExplanationId.safeParse(second);
    return id.success
      ? { kind: "explanation", id: id.data, link: parseShareLink(url.searchParams) }
      : null;
  }
  if (first === "embed" && path.length === 3) return newest(second, third);
  if (first === "listeners" && third === "tracks" && path.length === 4) {
    return newest(second, fourth);
  }
  return null;
}

function newest(listener: string | undefined, track: string | undefined): EmbedTarget | null {
  if (!ListenerId.safeParse(listener).success || !TrackId.safeParse(track).success) return null;
  return { kind: "newest", listener: listener!, track: track! };
}

/** Path of a target's player for frames, with the signed link that opens it, if one does. */
export function embedPath(target: EmbedTarget): string {
  return target.kind === "explanation"
    ? withLink(`/embed/${target.id}`, target.link)
    : `/embed/${target.listener}/${target.track}`;
}
