import { css } from "lit";

/** Styles of the what-if panel. */
export const whatIfStyles = css`
  .what-if {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1.25rem clamp(1.5rem, 4cqi, 3rem);
    margin-top: 0.75rem;
    padding-top: 1rem;
    border-top: 1px solid var(--_line);
  }
  @container (min-width: 48rem) {
    .what-if {
      grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
    }
  }
  .what-if h3 {
    font-size: 1.0625rem;
    line-height: 1.25;
  }
  .gauge-number {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0.125rem 0.75rem;
    min-height: 2.75rem;
    margin-top: 0.25rem;
  }
  .gauge-number strong {
    font-size: 2rem;
    font-variant-numeric: tabular-nums;
    line-height: 1.25;
  }
  .gauge-bar {
    display: block;
    width: 100%;
    height: 26px;
    overflow: visible;
  }
  .gauge-ground {
    fill: var(--_sunken);
    stroke: var(--_line);
  }
  .gauge-fill {
    fill: var(--_accent);
    stroke: var(--_accent-edge);
  }
  .gauge[data-known="no"] .gauge-fill {
    opacity: 0.35;
  }
  .gauge-threshold {
    stroke: var(--_text);
    stroke-width: 2;
  }
  .gauge-original {
    fill: var(--_text);
  }
  .gauge-notes {
    display: flex;
    flex-wrap: wrap;
    gap: 0.125rem 1rem;
    min-height: 2.5rem;
    margin-top: 0.25rem;
    font-size: 0.875rem;
    font-variant-numeric: tabular-nums;
  }
  .marks {
    display: flex;
    flex-wrap: wrap;
    gap: 0 1rem;
    color: var(--_muted);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    margin-top: 0.625rem;
  }
  .actions button {
    min-height: 2.5rem;
    padding: 0.375rem 1rem;
    border: 1px solid var(--_edge);
    border-radius: 1.25rem;
    background: var(--_surface);
    font-size: 0.9375rem;
  }
  .actions button:hover:enabled {
    border-color: var(--_accent-edge);
    background: var(--_sunken);
  }
  .actions button:disabled {
    border-color: var(--_line);
    color: var(--_muted);
  }
  .undecided {
    margin-top: 0.625rem;
    color: var(--_muted);
    font-size: 0.875rem;
  }
  .fidelity .badge {
    display: inline-block;
    font-variant-numeric: tabular-nums;
  }
  .fidelity .meaning {
    display: block;
    min-height: 2.5rem;
    color: var(--_muted);
    font-size: 0.875rem;
  }
  .kernel {
    display: block;
    margin-top: 0.625rem;
    font-variant-numeric: tabular-nums;
  }
  .kernel input {
    display: block;
    width: 100%;
    height: 1.5rem;
    margin: 0.125rem 0 0;
    accent-color: var(--_accent-edge);
  }
  .kernel .ends {
    display: flex;
    justify-content: space-between;
    gap: 1rem;
    color: var(--_muted);
    font-size: 0.8125rem;
  }
  .counting {
    min-height: 1.25rem;
    color: var(--_muted);
    font-size: 0.8125rem;
  }
  @media (prefers-reduced-motion: no-preference) {
    .gauge-fill {
      transition: width 180ms ease-out;
    }
  }
  @media (forced-colors: active) {
    .gauge-fill {
      fill: Highlight;
      forced-color-adjust: none;
    }
    .gauge-ground {
      fill: Canvas;
      stroke: CanvasText;
    }
    .gauge-threshold {
      stroke: CanvasText;
    }
    .gauge-original {
      fill: CanvasText;
    }
  }
`;
