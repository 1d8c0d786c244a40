import { DEFAULT_HEIGHT, DEFAULT_WIDTH } from "../embedding/embed-code.ts";
import type { Embedded } from "../embedding/find-embedded.ts";
import { PICTURE_HEIGHT, PICTURE_WIDTH } from "../embedding/picture-svg.ts";
import { highlightPath } from "./api-paths.ts";
import { Attribution } from "./attribution.tsx";
import { renderPage } from "./layout.tsx";

/** What other services read off the page: Open Graph, player cards, oEmbed. */
function SharingTags({ embedded, origin }: { embedded: Embedded; origin: string }) {
  const { explanation, track } = embedded;
  const address = `${origin}/e/${explanation.id}`;
  const frame = `${origin}/embed/${explanation.id}`;
  const picture = `${address}/picture.png`;
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
    ["og:audio", `${origin}${highlightPath(explanation.id, "top-1")}`],
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
      <link rel="canonical" href={address} />
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

/** `/e/{id}`: one explanation to pass on. */
export function renderSharePage(embedded: Embedded, origin: string): string {
  const { explanation, track } = embedded;
  const { id, listener, summary } = explanation;
  return renderPage({
    title: `Why ${track.title}?`,
    description: summary,
    path: `/e/${id}`,
    head: <SharingTags embedded={embedded} origin={origin} />,
    children: (
      <>
        <nav class="breadcrumb" aria-label="Breadcrumb">
          <a href={`/listeners/${listener}/tracks/${track.id}`}>Everything about this track</a>
        </nav>
        <h1>Why “{track.title}”?</h1>
        <lemons-player explanation={id} remember>
          <p slot="summary">{summary}</p>
          <lemons-embed slot="actions" />
        </lemons-player>
        <Attribution track={track} />
      </>
    ),
  });
}
