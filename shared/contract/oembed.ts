import { z } from "zod";

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
