import { ExplanationType } from "@lemons/shared/contract/explanation-request";
import { PLAYER_PATH } from "@lemons/shared/display/embed-code";
import { z } from "zod";
import { linkText, withLink } from "../../access/sharing/share-link.ts";
import assets from "../../assets/asset-names.js";
import type { Embedded } from "../embedding/find-embedded.ts";
import { highlightPath } from "./api-paths.ts";
import { Attribution } from "./track-parts.tsx";

/** Query parameters of an embedded player. */
export const EmbedOptions = z.object({
  theme: z.enum(["light", "dark"]).optional(),
  // A "+" in a query means a space, but people type it.
  type: z.preprocess(
    (text) => (typeof text === "string" ? text.replace(" ", "+") : text),
    ExplanationType.optional(),
  ),
  start: z.coerce.number<string>().min(0).optional(),
  controls: z.enum(["all", "compact"]).optional(),
  lang: z.enum(["en", "de"]).default("en"),
  parts: z
    .string()
    .regex(/^[0-9a-f]{1,4}(\.[0-9a-f]{1,4}){0,7}$/, "must be a selection such as 1f.1f.4.0.1f")
    .optional(),
});
export type EmbedOptions = z.infer<typeof EmbedOptions>;

/** Texts of the page around the player. */
const WORDS: Record<
  EmbedOptions["lang"],
  Record<"name" | "question", (track: Embedded["track"]) => string>
> = {
  en: {
    name: ({ title, artist }) => `${title} by ${artist}`,
    question: ({ title }) => `Why ${title}?`,
  },
  de: {
    name: ({ title, artist }) => `${title} von ${artist}`,
    question: ({ title }) => `Warum ${title}?`,
  },
};

/** Renders `/embed/…`: only a player, for an iframe. */
export function renderEmbedPage(
  { explanation, track, link }: Embedded,
  options: EmbedOptions,
): string {
  const { theme, type, start, controls, lang, parts } = options;
  const { name, question } = WORDS[lang];
  const page = (
    <html lang={lang} data-theme={theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${name(track)} · LEMONS`}</title>
        <meta name="description" content={explanation.summary} />
        <meta name="robots" content="noindex" />
        {link === null ? <link rel="canonical" href={`/e/${explanation.id}`} /> : null}
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href={assets.embedStyle} />
        <link rel="modulepreload" href={PLAYER_PATH} />
        <script type="module" src={assets.embed} />
      </head>
      <body>
        <main aria-label={question(track)}>
          <h1 class="unseen">{name(track)}</h1>
          <lemons-player
            explanation={explanation.id}
            link={link === null ? undefined : linkText(link.query)}
            view={type}
            theme={theme}
            controls={controls}
            lang={lang}
            data-start={start}
            data-parts={parts}
          />
          <noscript lang="en">
            <p>{explanation.summary}</p>
            <p>
              <a href={withLink(highlightPath(explanation.id, "top-1"), link?.query ?? null)}>
                Play the part that helps most
              </a>
            </p>
            <Attribution track={track} />
          </noscript>
        </main>
      </body>
    </html>
  );
  return `<!doctype html>${page.toString()}`;
}
