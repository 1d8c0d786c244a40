import { trackExample } from "./catalogue.example.ts";
import { explanationExample } from "./explanation.example.ts";
import { ExplanationId } from "./identifier.ts";
import type { OEmbed, ShareLink } from "./sharing.ts";

const { id } = explanationExample;
const query = "expires=1796083200&signature=0dY4cYw7n8p1r3uQ5vXz2B6kL9mEhJfTgWaRsNqKoUc";

/** A link as the API answers it. */
export const shareLinkExample: ShareLink = {
  explanation: ExplanationId.parse(id),
  expiresAt: "2026-12-01T00:00:00.000Z",
  frame: `https://lemons.example/embed/${id}?${query}`,
  page: `https://lemons.example/e/${id}?${query}`,
  picture: `https://lemons.example/e/${id}/picture.png?${query}`,
  query,
};

const origin = "https://lemons.example";
const title = `Why ${trackExample.title} by ${trackExample.artist}?`;
const frame = `${origin}/embed/${explanationExample.listener}/${trackExample.id}`;

export const oEmbedExample: OEmbed = {
  type: "rich",
  version: "1.0",
  title,
  author_name: trackExample.artist,
  provider_name: "LEMONS",
  provider_url: origin,
  cache_age: 3600,
  html: `<iframe src="${frame}" width="800" height="980" title="${title}" allow="autoplay" loading="lazy" frameborder="0"></iframe>`,
  width: 800,
  height: 980,
  thumbnail_url: `${origin}/e/${explanationExample.id}/picture.png`,
  thumbnail_width: 1200,
  thumbnail_height: 630,
  license: trackExample.licence,
  license_url: trackExample.licenceUrl,
  changes: trackExample.changes,
};
