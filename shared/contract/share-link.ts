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
