import { z } from "zod";
import { ExplanationId } from "./identifier.ts";

export const MIN_LINK_SECONDS = 60;
/** 30 days. */
export const MAX_LINK_SECONDS = 30 * 24 * 60 * 60;
/** A week. */
export const DEFAULT_LINK_SECONDS = 7 * 24 * 60 * 60;

/** How long a signed link is to hold. */
export const ShareLinkRequest = z
  .strictObject({
    lifetimeSeconds: z
      .int()
      .min(MIN_LINK_SECONDS)
      .max(MAX_LINK_SECONDS)
      .default(DEFAULT_LINK_SECONDS)
      .describe("how long it is to hold; never longer than what it shows is kept"),
  })
  .meta({ id: "ShareLinkRequest", example: { lifetimeSeconds: 86_400 } });
export type ShareLinkRequest = z.infer<typeof ShareLinkRequest>;

/** Addresses that show one private explanation to whoever has them, for a while. */
export const ShareLink = z
  .object({
    explanation: ExplanationId,
    expiresAt: z.iso.datetime(),
    frame: z.url().describe("a page with a player and nothing else, for frames"),
    page: z.url().describe("a page to pass on"),
    picture: z.url(),
    query: z
      .string()
      .describe(
        "what makes them hold: of any of the explanation's addresses, and the player's `link`",
      ),
  })
  .meta({ id: "ShareLink" });
export type ShareLink = z.infer<typeof ShareLink>;

/** oEmbed 1.0, a `rich` answer (https://oembed.com), and what free licences ask for besides. */
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
    changes: z.string().describe("what was changed against the original work"),
  })
  .meta({ id: "OEmbed" });
export type OEmbed = z.infer<typeof OEmbed>;
