import { explanationExample } from "./explanation.example.ts";
import type { ShareLink } from "./share-link.ts";

const { id } = explanationExample;
const query = "expires=1796083200&signature=0dY4cYw7n8p1r3uQ5vXz2B6kL9mEhJfTgWaRsNqKoUc";

/** A link as the API answers it. */
export const shareLinkExample: ShareLink = {
  explanation: id,
  expiresAt: "2026-12-01T00:00:00.000Z",
  frame: `https://lemons.example/embed/${id}?${query}`,
  page: `https://lemons.example/e/${id}?${query}`,
  picture: `https://lemons.example/e/${id}/picture.png?${query}`,
  query,
};
