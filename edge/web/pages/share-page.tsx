import { DEFAULT_HEIGHT, DEFAULT_WIDTH } from "@lemons/shared/display/embed-code";
import { linkText, withLink } from "../../access/sharing/share-link.ts";
import type { Embedded } from "../embedding/find-embedded.ts";
import { PICTURE_HEIGHT, PICTURE_WIDTH } from "../embedding/picture-svg.ts";
import { highlightPath } from "./api-paths.ts";
import { renderPage } from "./layout.tsx";
import { Moment } from "./song-parts.tsx";
import { Attribution } from "./track-parts.tsx";

/** Tags that other services read: Open Graph, player cards, oEmbed discovery. */
function SharingTags({ embedded, origin }: { embedded: Embedded; origin: string }) {
  const { explanation, track, link } = embedded;
  const at = (path: string) => `${origin}${withLink(path, link?.query ?? null)}`;
  const address = at(`/e/${explanation.id}`);
  const frame = at(`/embed/${explanation.id}`);
  const picture = at(`/e/${explanation.id}/picture.png`);
  const title = `Why ${track.title} by ${track.artist}?`;
  const discovery = `${origin}/oembed?url=${encodeURIComponent(address)}`;
  const properties: [name: string, content: string][] = [
    ["og:type", "music.song"],
    ["og:site_name", "LEMONS"],
    ["og:title", title],
    ["og:description", explanation.summary],
    ["og:url", address],
    ["og:image", picture],
    ["og:image:type", "image/png"],
    ["og:image:width", String(PICTURE_WIDTH)],
    ["og:image:height", String(PICTURE_HEIGHT)],
    ["og:image:alt", explanation.summary],
    ["og:audio", at(highlightPath(explanation.id, "top-1"))],
    ["og:audio:type", "audio/mpeg"],
  ];
  const names: [name: string, content: string][] = [
    ["twitter:card", "player"],
    ["twitter:title", title],
    ["twitter:description", explanation.summary],
    ["twitter:image", picture],
    ["twitter:player", frame],
    ["twitter:player:width", String(DEFAULT_WIDTH)],
    ["twitter:player:height", String(DEFAULT_HEIGHT)],
  ];
  return (
    <>
      {link === null ? (
        <link rel="canonical" href={address} />
      ) : (
        <meta name="robots" content="noindex" />
      )}
      <link rel="alternate" type="application/json+oembed" href={discovery} title={title} />
      {properties.map(([property, content]) => (
        <meta property={property} content={content} />
      ))}
      {names.map(([name, content]) => (
        <meta name={name} content={content} />
      ))}
    </>
  );
}

/** Renders `/e/{id}`: one explanation, to be shared. */
export function renderSharePage(embedded: Embedded, origin: string): string {
  const { explanation, track, link } = embedded;
  const { id, listener, summary } = explanation;
  return renderPage({
    title: `Why ${track.title}?`,
    description: summary,
    path: `/e/${id}`,
    head: <SharingTags embedded={embedded} origin={origin} />,
    children: (
      <>
        {link === null ? (
          <nav class="breadcrumb" aria-label="Breadcrumb">
            <a href={`/listeners/${listener}/tracks/${track.id}`}>← More about this track</a>
          </nav>
        ) : null}
        <h1>Why “{track.title}”?</h1>
        {link === null ? null : (
          <p class="lead">
            A private upload. This link works until <Moment at={link.expiresAt} />.
          </p>
        )}
        <lemons-player
          explanation={id}
          link={link === null ? undefined : linkText(link.query)}
          remember
        >
          <p slot="summary">{summary}</p>
          <lemons-embed slot="actions" />
        </lemons-player>
        {link === null ? <Attribution track={track} /> : null}
      </>
    ),
  });
}
