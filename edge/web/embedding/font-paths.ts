/** Where the pictures' typeface lies among the static assets; the player's build puts it there. */
export const FONT_PATHS = [
  "/vendor/inter/inter-latin-400-normal.woff2",
  "/vendor/inter/inter-latin-700-normal.woff2",
  "/vendor/inter/inter-latin-ext-400-normal.woff2",
  "/vendor/inter/inter-latin-ext-700-normal.woff2",
] as const;
