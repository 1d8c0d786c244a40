import { type CSSResult, css } from "lit";
import { gridStyles } from "./grid-styles.ts";
import { playerTokens } from "./player-tokens.ts";
import { transportStyles } from "./transport-styles.ts";
import { whatIfStyles } from "./what-if-styles.ts";

const frameStyles = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  p,
  h2,
  h3,
  dl,
  dd {
    margin: 0;
  }
  .player {
    position: relative;
    padding: clamp(1rem, 3.5cqi, 1.75rem);
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_surface);
  }
  :host([plain]) .transport {
    margin-top: 0;
  }
  [hidden] {
    display: none !important;
  }
  .message {
    display: grid;
    place-content: center;
    place-items: center;
    gap: 0.75rem;
    min-height: 26rem;
    color: var(--_muted);
    text-align: center;
  }
  /* As high as a player with five sources, which avoids a layout shift below. */
  .message[aria-busy] {
    min-height: 58rem;
  }
  :host([controls="compact"]) .message[aria-busy] {
    min-height: 34rem;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  button {
    font: inherit;
    color: inherit;
    cursor: pointer;
  }
  button:disabled {
    cursor: default;
  }
  :focus-visible {
    outline: 3px solid var(--_focus);
    outline-offset: 2px;
  }
  .primary {
    padding: 0.5rem 1.25rem;
    border: 0;
    border-radius: 2rem;
    color: var(--_on-accent);
    background: var(--_accent);
    font-weight: 600;
  }
  .quiet {
    padding: 0.125rem 0.75rem;
    border: 1px solid var(--_edge);
    border-radius: 1rem;
    background: var(--_surface);
  }
  .problem strong {
    color: var(--_danger);
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: start;
    justify-content: space-between;
    gap: 0.5rem 1.5rem;
  }
  .head h2 {
    font-size: clamp(1.125rem, 0.9rem + 1.6cqi, 1.5rem);
    line-height: 1.2;
    letter-spacing: -0.01em;
    overflow-wrap: anywhere;
  }
  .artist {
    color: var(--_muted);
  }
  .relevance-badge svg {
    width: 2.25rem;
    height: 2.25rem;
  }
  .relevance-badge,
  .relevance-badge > span {
    display: flex;
    align-items: center;
    gap: 0.25rem 0.625rem;
    white-space: nowrap;
  }
  .relevance-badge strong {
    font-size: 1.375rem;
    font-variant-numeric: tabular-nums;
  }
  .relevance-badge .words {
    color: var(--_muted);
  }
  .relevance-badge .on {
    fill: var(--_accent);
    stroke: var(--_accent-edge);
  }
  .relevance-badge .off {
    fill: none;
    stroke: var(--_edge);
  }
  .answer {
    margin-top: 0.625rem;
    max-width: 46rem;
    text-wrap: pretty;
  }
  .foot {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.5rem 1.5rem;
    margin-top: 1rem;
    padding-top: 0.75rem;
    border-top: 1px solid var(--_line);
    color: var(--_muted);
    font-size: 0.8125rem;
  }
  .credit {
    flex: 1 1 20rem;
  }
  .doing {
    display: flex;
    flex-wrap: wrap;
    gap: 0.375rem;
  }
  .credit a {
    color: inherit;
    text-underline-offset: 0.18em;
  }
  .help {
    width: min(26rem, 92vw);
    padding: 1.25rem;
    border: 1px solid var(--_edge);
    border-radius: var(--_radius);
    color: var(--_text);
    background: var(--_surface);
  }
  .help::backdrop {
    background: rgb(0 0 0 / 45%);
  }
  .help dl {
    display: grid;
    grid-template-columns: max-content 1fr;
    gap: 0.375rem 1rem;
    margin-block: 0.875rem 1rem;
    font-size: 0.9375rem;
  }
  .help dt {
    display: flex;
    align-items: start;
    gap: 0.25rem;
  }
  kbd {
    min-width: 1.5rem;
    padding: 0 0.375rem;
    border: 1px solid var(--_edge);
    border-bottom-width: 2px;
    border-radius: 0.25rem;
    font: inherit;
    font-size: 0.8125rem;
    text-align: center;
  }
  @media (forced-colors: active) {
    .relevance-badge .on {
      fill: CanvasText;
      stroke: CanvasText;
    }
    .relevance-badge .off {
      stroke: CanvasText;
    }
  }
`;

/** Styles of `<lemons-player>`. */
export const playerStyles: CSSResult[] = [
  playerTokens,
  frameStyles,
  transportStyles,
  gridStyles,
  whatIfStyles,
];
