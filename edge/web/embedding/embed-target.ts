import { ExplanationId, ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import type { Context } from "hono";
import { z } from "zod";
import type { AppEnv } from "../../access/app-env.ts";
import { type LinkQuery, parseShareLink, withLink } from "../../access/sharing/share-link.ts";
import { ProblemError } from "../../base/problems/problem.ts";

/** The explanation that an embeddable address refers to. */
export type EmbedTarget =
  | { kind: "explanation"; id: ExplanationId; link: LinkQuery | null }
  /** The newest explanation of the track for the listener. */
  | { kind: "newest"; listener: ListenerId; track: TrackId };

/**
 * Parses `/e/{id}`, `/embed/{id}`, `/embed/{listener}/{track}` and
 * `/listeners/{listener}/tracks/{track}` of this service.
 *
 * @param origin origin of this service
 * @returns null for any other address
 */
export function parseTarget(address: string, origin: string): EmbedTarget | null {
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
  const ids = z.object({ listener: ListenerId, track: TrackId }).safeParse({ listener, track });
  return ids.success ? { kind: "newest", ...ids.data } : null;
}

/**
 * Returns the explanation of the request's path, with the signed link of its query.
 *
 * @throws ProblemError unknown-explanation if the id is malformed
 */
export function readTarget(c: Context<AppEnv>): Extract<EmbedTarget, { kind: "explanation" }> {
  const text = c.req.param("explanation") ?? "";
  const id = ExplanationId.safeParse(text);
  if (!id.success) throw new ProblemError({ kind: "unknown-explanation", id: text });
  return {
    kind: "explanation",
    id: id.data,
    link: parseShareLink(new URL(c.req.url).searchParams),
  };
}

/** Returns the path of a target's player, with its signed link. */
export function embedPath(target: EmbedTarget): string {
  return target.kind === "explanation"
    ? withLink(`/embed/${target.id}`, target.link)
    : `/embed/${target.listener}/${target.track}`;
}
