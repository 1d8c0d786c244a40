import { explanationExample } from "./explanation.example.ts";
import type { OEmbed } from "./oembed.ts";
import { trackExample } from "./track.example.ts";

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
