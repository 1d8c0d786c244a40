import { css } from "lit";

/** Styles of the transport and of button groups. */
export const transportStyles = css`
  .transport {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.625rem 0.875rem;
    margin-top: 1rem;
  }
  .play {
    position: relative;
    display: grid;
    flex: none;
    place-items: center;
    width: 3.25rem;
    height: 3.25rem;
    padding: 0;
    border: 0;
    border-radius: 50%;
    color: var(--_on-accent);
    background: var(--_accent);
  }
  .play .icon {
    width: 1.625rem;
    height: 1.625rem;
  }
  .play:hover {
    filter: brightness(0.96);
  }
  .play[data-loading="yes"]::after {
    content: "";
    position: absolute;
    inset: -5px;
    border: 3px solid transparent;
    border-top-color: var(--_accent-edge);
    border-radius: 50%;
  }
  .icon {
    display: block;
    width: 1.25rem;
    height: 1.25rem;
    fill: currentColor;
  }
  .clock {
    color: var(--_muted);
    font-size: 0.9375rem;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .clock .now {
    color: var(--_text);
  }
  .choices {
    display: flex;
    flex-wrap: wrap;
    gap: 2px;
    padding: 3px;
    border-radius: 1.25rem;
    background: var(--_sunken);
    box-shadow: inset 0 0 0 1px var(--_line);
  }
  .choices button {
    min-height: 2.125rem;
    padding: 0.25rem 0.875rem;
    border: 0;
    border-radius: 1.125rem;
    background: none;
    font-size: 0.9375rem;
  }
  .choices button:hover:enabled {
    background: var(--_line);
  }
  .choices button[aria-pressed="true"] {
    color: var(--_on-accent);
    background: var(--_accent);
    font-weight: 600;
  }
  .choices button:disabled {
    color: var(--_muted);
    opacity: 0.6;
  }
  .tools {
    display: flex;
    align-items: center;
    gap: 0.125rem;
    margin-inline-start: auto;
  }
  .tool {
    display: grid;
    place-items: center;
    width: 2.5rem;
    height: 2.5rem;
    padding: 0;
    border: 0;
    border-radius: 50%;
    color: var(--_muted);
    background: none;
  }
  .tool:hover {
    color: var(--_text);
    background: var(--_sunken);
  }
  .tool[aria-pressed="true"] {
    color: var(--_on-accent);
    background: var(--_accent);
  }
  .volume {
    width: 5rem;
    height: 1.5rem;
    accent-color: var(--_accent-edge);
  }
  .notes {
    color: var(--_muted);
    font-size: 0.875rem;
  }
  .notes > p {
    margin-top: 0.5rem;
  }
  .choosing {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0.5rem;
    margin-top: 1.125rem;
  }
  @container (max-width: 44rem) {
    .presets {
      order: 3;
      width: 100%;
    }
    .presets button {
      flex: 1 1 auto;
      padding-inline: 0.5rem;
    }
  }
  @container (max-width: 40rem) {
    .keys {
      display: none;
    }
  }
  @container (max-width: 47rem) {
    .volume {
      display: none;
    }
  }
  @container (max-width: 26rem) {
    .presets {
      display: grid;
      grid-template-columns: 1fr 1fr;
    }
    .choices button {
      padding-inline: 0.625rem;
      font-size: 0.875rem;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    .play[data-loading="yes"]::after {
      animation: turn 900ms linear infinite;
    }
    @keyframes turn {
      to {
        transform: rotate(1turn);
      }
    }
  }
  @media (forced-colors: active) {
    .play,
    .tool,
    .choices button {
      border: 1px solid ButtonText;
    }
    .choices button[aria-pressed="true"],
    .tool[aria-pressed="true"] {
      color: HighlightText;
      background: Highlight;
      forced-color-adjust: none;
    }
  }
`;
