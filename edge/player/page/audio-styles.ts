import { css } from "lit";

/** Styles of `<lemons-audio>`; the page's custom properties define its colors. */
export const audioStyles = css`
  :host {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    align-items: center;
    gap: 0.75rem;
    min-height: 3.5rem;
  }
  :host([compact]) {
    display: block;
    min-height: 2.5rem;
  }
  button {
    font: inherit;
    cursor: pointer;
  }
  button:focus-visible,
  .track:focus-within:has(:focus-visible) {
    outline: 3px solid var(--focus);
    outline-offset: 2px;
  }
  .toggle {
    display: grid;
    place-items: center;
    width: 3rem;
    height: 3rem;
    padding: 0;
    border: 0;
    border-radius: 50%;
    color: var(--on-accent);
    background: var(--accent);
  }
  :host([compact]) .toggle {
    width: 2.5rem;
    height: 2.5rem;
    border: 1px solid var(--line-strong);
    color: var(--text);
    background: var(--surface);
  }
  :host([compact]) .toggle:hover:enabled,
  :host([compact][playing]) .toggle {
    border-color: var(--accent-edge);
    color: var(--on-accent);
    background: var(--accent);
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .toggle:hover:enabled {
    background: var(--accent-strong);
  }
  .toggle:disabled {
    opacity: 0.5;
    cursor: default;
  }
  :host([compact]) .toggle svg {
    width: 1.125rem;
    height: 1.125rem;
  }
  .toggle svg {
    width: 1.25rem;
    height: 1.25rem;
    fill: currentColor;
  }
  .track {
    position: relative;
    height: 3.5rem;
    border-radius: 0.25rem;
  }
  .wave {
    display: block;
    width: 100%;
    height: 100%;
    overflow: visible;
  }
  .wave path {
    fill: none;
    stroke: var(--wave);
    stroke-width: 2px;
    stroke-linecap: round;
    vector-effect: non-scaling-stroke;
  }
  .wave .played {
    stroke: var(--wave-played);
  }
  input {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    margin: 0;
    opacity: 0;
    cursor: pointer;
  }
  .time {
    min-width: 5.5ch;
    color: var(--muted);
    font-size: 0.875rem;
    font-variant-numeric: tabular-nums;
    text-align: end;
    white-space: nowrap;
  }
  .message {
    position: absolute;
    inset: 0;
    display: flex;
    align-items: center;
    flex-wrap: wrap;
    gap: 0.25rem 0.75rem;
    color: var(--muted);
    font-size: 0.875rem;
  }
  .message button {
    padding: 0.25rem 0.75rem;
    border: 1px solid var(--line-strong);
    border-radius: 1rem;
    color: var(--text);
    background: var(--surface);
  }
`;
