import { z } from "zod";
import { ExplanationId } from "./identifier.ts";

export const MIN_LINK_SECONDS = 60;
/** 30 days. */
export const MAX_LINK_SECONDS = 30 * 24 * 60 * 60;
/** A week. */
export const DEFAULT_LINK_SECONDS = 7 * 24 * 60 * 60;

/** The lifetime of a signed link. */
export const ShareLinkRequest = z
  .strictObject({
    lifetimeSeconds: z
      .int()
      .min(MIN_LINK_SECONDS)
      .max(MAX_LINK_SECONDS)
      .default(DEFAULT_LINK_SECONDS)
      .describe("lifetime of the link; it also ends when the shown data is deleted"),
  })
  .meta({ id: "ShareLinkRequest", example: { lifetimeSeconds: 86_400 } });
export type ShareLinkRequest = z.infer<typeof ShareLinkRequest>;

/** Temporary addresses of a private explanation, for everyone who has them. */
export const ShareLink = z
  .object({
    explanation: ExplanationId,
    expiresAt: z.iso.datetime(),
    frame: z.url().describe("a page with only the player, for iframes"),
    page: z.url().describe("a page to share"),
    picture: z.url(),
    query: z
      .string()
      .describe(
        "signed query of the addresses; it also works for other addresses of the explanation, and as the player's `link`",
      ),
  })
  .meta({ id: "ShareLink" });
export type ShareLink = z.infer<typeof ShareLink>;

/** An oEmbed 1.0 response of type `rich` (https://oembed.com), with the credits of free licences. */
export const OEmbed = z
  .object({
    type: z.literal("rich"),
    version: z.literal("1.0"),
    title: z.string(),
    author_name: z.string().describe("of the music"),
    provider_name: z.string(),
    provider_url: z.url(),
    cache_age: z.int().nonnegative().describe("seconds"),
    html: z.string(),
    width: z.int().positive(),
    height: z.int().positive(),
    thumbnail_url: z.url(),
    thumbnail_width: z.int().positive(),
    thumbnail_height: z.int().positive(),
    license: z.string().describe("of the music"),
    license_url: z.string().nullable(),
    changes: z.string().describe("changes to the original work"),
  })
  .meta({ id: "OEmbed" });
export type OEmbed = z.infer<typeof OEmbed>;
