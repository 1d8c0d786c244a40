import { createRoute, z } from "@hono/zod-openapi";
import { explanationExample } from "@lemons/shared/contract/explanation.example";
import { ExplanationId } from "@lemons/shared/contract/identifier";
import { OEmbed } from "@lemons/shared/contract/sharing";
import { oEmbedExample } from "@lemons/shared/contract/sharing.example";
import { frameCode, frameSize, MIN_WIDTH } from "@lemons/shared/display/embed-code";
import { withLink } from "../../access/sharing/share-link.ts";
import { settingsOf } from "../../base/env.ts";
import { IMMUTABLE, PRIVATE } from "../../base/http/cache-control.ts";
import { serveObject } from "../../base/http/serve-object.ts";
import { pictureKey } from "../../base/object-keys.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { putOnce } from "../../base/put-once.ts";
import { findStoredFacts } from "../../work/explanations/explanation-store.ts";
import { type EmbedTarget, embedPath, parseTarget, readTarget } from "../embedding/embed-target.ts";
import { type Embedded, findEmbedded } from "../embedding/find-embedded.ts";
import { PICTURE_HEIGHT, PICTURE_WIDTH, pictureSvg } from "../embedding/picture-svg.ts";
import { renderPicture } from "../embedding/render-picture.ts";
import { createRouter } from "./create-app.ts";
import { signedLink } from "./parameters.ts";
import { badRequest, json, problem, ranged } from "./responses.ts";

const CACHE_SECONDS = 3600;

const pixels = z.coerce.number<string>().int().min(1).max(10_000);

const getOEmbed = createRoute({
  method: "get",
  path: "/oembed",
  summary: "Get the embed code of a page (oEmbed 1.0)",
  request: {
    query: z.object({
      url: z
        .url()
        .describe("page of an explanation or a track, or a signed link")
        .meta({ example: "https://lemons.example/listeners/ilse/tracks/wesnoth-battle-epic" }),
      maxwidth: pixels.optional().meta({ example: 640 }),
      maxheight: pixels.optional().meta({ example: 480 }),
      format: z
        .string()
        .optional()
        .describe("only `json` is supported")
        .meta({ enum: ["json"], example: "json" }),
    }),
  },
  responses: {
    200: json(
      "an iframe, with the track's author, licence and changes",
      OEmbed,
      oEmbedExample,
      "Cache-Control",
    ),
    400: badRequest,
    401: problem("the explanation is private, and the link isn't valid", {
      kind: "private-explanation",
      id: explanationExample.id,
    }),
    404: problem(
      "not a page of this service, or the track isn't explained yet",
      { kind: "not-embeddable", url: "https://lemons.example/gallery" },
      {
        kind: "not-explained",
        listener: explanationExample.listener,
        track: explanationExample.track,
      },
    ),
    501: problem("the format isn't json", { kind: "format-not-implemented", format: "xml" }),
  },
});

const getPicture = createRoute({
  method: "get",
  path: "/e/{explanation}/picture.png",
  summary: "Get an explanation as a picture",
  description: `${PICTURE_WIDTH} x ${PICTURE_HEIGHT} pixels. Drawn on the first request, then stored.`,
  request: { params: z.object({ explanation: ExplanationId }), ...signedLink },
  responses: {
    ...ranged("image/png"),
    400: badRequest,
    401: problem("the explanation is private, and the request has no signed link", {
      kind: "private-explanation",
      id: explanationExample.id,
    }),
    403: problem("the signed link belongs to another explanation", {
      kind: "link-refused",
      reason: "Its signature does not match this explanation and expiry.",
    }),
    410: problem("the signed link has expired", {
      kind: "link-expired",
      at: "2026-12-01T00:00:00.000Z",
    }),
    404: problem("no such explanation", { kind: "unknown-explanation", id: explanationExample.id }),
  },
});

/** Treats an invalid link like no link, as oEmbed (2.3.4) requires for private resources. */
async function findForConsumer(env: Env, target: EmbedTarget): Promise<Embedded> {
  try {
    return await findEmbedded(env, target);
  } catch (error) {
    const kind = error instanceof ProblemError ? error.failure.kind : null;
    if (target.kind === "explanation" && (kind === "link-refused" || kind === "link-expired")) {
      throw new ProblemError({ kind: "private-explanation", id: target.id });
    }
    throw error;
  }
}

/** Returns how many seconds a response can be cached: no longer than its link is valid. */
function cacheAge({ link }: Embedded, now: Date): number {
  if (link === null) return CACHE_SECONDS;
  return Math.min(CACHE_SECONDS, Math.floor((link.expiresAt.getTime() - now.getTime()) / 1000));
}

export const embeddingRoutes = createRouter()
  .openapi(getOEmbed, async (c) => {
    const { url, maxwidth, maxheight, format = "json" } = c.req.valid("query");
    if (format !== "json") throw new ProblemError({ kind: "format-not-implemented", format });
    const { PUBLIC_ORIGIN: origin } = settingsOf(c.env);
    const target = parseTarget(url, origin);
    if (target === null) throw new ProblemError({ kind: "not-embeddable", url });
    const found = await findForConsumer(c.env, target);
    const { explanation, track, link } = found;
    const maxAge = cacheAge(found, new Date());
    const picture = withLink(`/e/${explanation.id}/picture.png`, link?.query ?? null);
    const size = frameSize(maxwidth && Math.max(MIN_WIDTH, maxwidth), maxheight);
    const width = maxwidth === undefined ? size.width : Math.min(size.width, maxwidth);
    const title = `Why ${track.title} by ${track.artist}?`;
    c.header("Cache-Control", link === null ? `public, max-age=${maxAge}` : PRIVATE);
    c.header("Access-Control-Allow-Origin", "*");
    return c.json(
      {
        type: "rich" as const,
        version: "1.0" as const,
        title,
        author_name: track.artist,
        provider_name: "LEMONS",
        provider_url: origin,
        cache_age: maxAge,
        html: frameCode(`${origin}${embedPath(target)}`, title, { ...size, width }),
        width,
        height: size.height,
        thumbnail_url: `${origin}${picture}`,
        thumbnail_width: PICTURE_WIDTH,
        thumbnail_height: PICTURE_HEIGHT,
        license: track.licence,
        license_url: track.licenceUrl,
        changes: track.changes,
      },
      200,
    );
  })
  .openapi(getPicture, async (c) => {
    const { explanation: id } = c.req.valid("param");
    const key = pictureKey(id);
    const [drawn, standing] = await Promise.all([
      c.env.BUCKET.head(key),
      findStoredFacts(c.env.BUCKET, id),
    ]);
    const isPrivate = standing !== null && standing.ownership.owner !== null;
    if (isPrivate || drawn === null) {
      const { explanation, track } = await findEmbedded(c.env, readTarget(c));
      if (drawn === null) {
        const png = await renderPicture(c.env.ASSETS, pictureSvg(explanation, track));
        await putOnce(c.env.BUCKET, key, png, { httpMetadata: { contentType: "image/png" } });
      }
    }
    const cacheControl = isPrivate ? PRIVATE : IMMUTABLE;
    return serveObject(c, { key, contentType: "image/png", cacheControl });
  });
