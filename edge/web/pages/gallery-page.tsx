import assets from "../../assets/asset-names.js";
import { renderPage } from "./layout.tsx";

const STATES: readonly { example: string; title: string; note: string }[] = [
  {
    example: "usual",
    title: "Default",
    note: "Five sources in five segments, with stems.",
  },
  { example: "source", title: "By source", note: "An explanation of five sources." },
  { example: "time", title: "By time", note: "An explanation of five segments." },
  { example: "loading", title: "Loading", note: "Shows a message after half a second." },
  { example: "error", title: "No explanation", note: "The server can’t be reached." },
  { example: "no-sound", title: "No sound", note: "Playback fails; everything else works." },
  {
    example: "no-stems",
    title: "No stems",
    note: "Whole segments and the top parts can be played.",
  },
  {
    example: "stems-fail",
    title: "Failing stems",
    note: "The whole track keeps playing. Try again loads the parts.",
  },
  {
    example: "stems-late",
    title: "Slow stems",
    note: "After four seconds the whole track plays until they arrive.",
  },
  { example: "no-table", title: "No table", note: "What-if fails and offers to try again." },
  {
    example: "drawn",
    title: "Sampled masks",
    note: "What-if has no scores for other combinations.",
  },
  { example: "empty", title: "Zero weights", note: "No part makes a difference." },
  { example: "all-negative", title: "All parts hurt", note: "No part helps." },
  { example: "short", title: "A short track", note: "One segment, three sources." },
];

/** Renders `/gallery`: the player in every state. */
export function renderGalleryPage(): string {
  return renderPage({
    title: "Player gallery",
    description: "The explanation player in every state it can be in.",
    path: "/gallery",
    script: assets.gallery,
    children: (
      <>
        <h1>The player, in every state</h1>
        <p class="lead">Your browser makes up the music and the numbers on this page.</p>
        {STATES.map(({ example, title, note }) => (
          <section class="section" aria-labelledby={`state-${example}`}>
            <h2 id={`state-${example}`}>{title}</h2>
            <p class="muted">{note}</p>
            <lemons-player data-example={example} />
          </section>
        ))}
        <section class="section" aria-labelledby="state-german" lang="de">
          <h2 id="state-german">Auf Deutsch</h2>
          <p class="muted">Sprache der Seite, des Abschnitts oder des Elements.</p>
          <lemons-player data-example="usual" controls="all" />
        </section>
        <section class="section" aria-labelledby="state-compact">
          <h2 id="state-compact">Compact</h2>
          <p class="muted">Without the what-if panel, in the dark theme.</p>
          <lemons-player data-example="usual" controls="compact" theme="dark" />
        </section>
      </>
    ),
  });
}
