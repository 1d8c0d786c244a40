import assets from "../../assets/asset-names.js";
import { renderPage } from "./layout.tsx";

const STATES: readonly { example: string; title: string; note: string }[] = [
  {
    example: "usual",
    title: "As usual",
    note: "Five sources in five stretches of time, with stems.",
  },
  { example: "source", title: "By source", note: "An explanation of five sources." },
  { example: "time", title: "By time", note: "An explanation of five stretches of time." },
  { example: "loading", title: "Loading", note: "After half a second it says so." },
  { example: "error", title: "No explanation", note: "The server cannot be reached." },
  { example: "no-sound", title: "No sound", note: "Play fails; what is seen stays usable." },
  {
    example: "no-stems",
    title: "No stems",
    note: "Whole stretches and the top parts can be heard.",
  },
  {
    example: "stems-fail",
    title: "Stems that fail",
    note: "The whole track goes on; trying again brings the parts.",
  },
  {
    example: "stems-late",
    title: "Stems that take their time",
    note: "After four seconds the whole track sounds, until they are there.",
  },
  { example: "no-table", title: "No table", note: "What-if fails, with a way to try again." },
  { example: "drawn", title: "Drawn masks", note: "No answer to what was not asked." },
  { example: "empty", title: "Weights of zero", note: "No part makes a difference." },
  { example: "all-negative", title: "All against it", note: "No part speaks for the track." },
  { example: "short", title: "A short track", note: "One stretch of time, three sources." },
];

/** `/gallery`: the player in every state. */
export function renderGalleryPage(): string {
  return renderPage({
    title: "Player gallery",
    description: "The explanation player in every state it can be in.",
    path: "/gallery",
    script: assets.gallery,
    children: (
      <>
        <h1>The player, in every state</h1>
        <p class="lead">Music and numbers on this page are made up in your browser.</p>
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
          <p class="muted">Without the what-if panel, in the other colour scheme.</p>
          <lemons-player data-example="usual" controls="compact" theme="dark" />
        </section>
      </>
    ),
  });
}
