import { css } from "lit";

/** Styles of the grid. Color and hatching show the direction; the waveform shows what is on. */
export const gridStyles = css`
  .score {
    position: relative;
    margin-top: 0.75rem;
  }
  .seek,
  .row {
    display: grid;
    grid-template-columns: var(--_label) repeat(var(--columns, 5), minmax(0, 1fr));
    gap: var(--_gap);
  }
  .row {
    margin-top: var(--_gap);
  }
  .seek-lane {
    position: relative;
    grid-column: 2 / -1;
    height: 3.25rem;
    border-radius: 0.5rem;
    background: var(--_sunken);
  }
  .seek-lane:focus-within:has(:focus-visible) {
    outline: 3px solid var(--_focus);
    outline-offset: 2px;
  }
  .seek-lane input {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    margin: 0;
    opacity: 0;
    cursor: pointer;
  }
  .wave {
    display: block;
    width: 100%;
    height: 100%;
    overflow: visible;
    pointer-events: none;
  }
  .wave path {
    fill: none;
    stroke: var(--_edge);
    stroke-width: 2px;
    stroke-linecap: round;
    vector-effect: non-scaling-stroke;
    transform-box: fill-box;
    transform-origin: center;
  }
  .lanes {
    position: absolute;
    inset-block: 0;
    inset-inline: calc(var(--_label) + var(--_gap)) 0;
    pointer-events: none;
  }
  .playhead {
    position: absolute;
    inset-block: 0;
    inset-inline-start: 0;
    width: 2px;
    margin-inline-start: -1px;
    border-radius: 1px;
    background: var(--_text);
    box-shadow: 0 0 0 1px var(--_surface);
  }
  .header {
    display: flex;
    align-items: center;
    gap: 0.375rem;
    min-height: 1.875rem;
    padding-inline: 0.375rem;
    border-radius: 0.375rem;
    color: var(--_muted);
    font-size: 0.8125rem;
    font-variant-numeric: tabular-nums;
    line-height: 1.15;
    cursor: pointer;
    user-select: none;
  }
  .header:hover {
    color: var(--_text);
    background: var(--_sunken);
  }
  .row-header {
    color: var(--_text);
    font-size: 0.875rem;
  }
  .header .name {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .short-name {
    display: none;
  }
  .light {
    flex: none;
    width: 0.625rem;
    height: 0.625rem;
    border: 1.5px solid var(--_accent-edge);
    border-radius: 50%;
    background: var(--_accent);
  }
  [data-state="partly"] > .light {
    background: linear-gradient(to right, var(--_accent) 50%, transparent 50%);
  }
  [data-state="off"] > .light {
    border-color: var(--_edge);
    background: none;
  }
  .cell {
    position: relative;
    min-height: 2.75rem;
    border: 1px solid var(--_line);
    border-radius: 0.375rem;
    background: var(--_ground);
    cursor: pointer;
    user-select: none;
    touch-action: manipulation;
  }
  .score,
  .detail {
    --_ground: var(--_sunken);
    --_strength: 0%;
  }
  [data-step="1"] {
    --_strength: 16%;
  }
  [data-step="2"] {
    --_strength: 36%;
  }
  [data-step="3"] {
    --_strength: 56%;
  }
  [data-step="4"] {
    --_strength: 78%;
  }
  [data-step="5"] {
    --_strength: 100%;
  }
  .cell[data-direction="for"],
  .key i[data-direction="for"] {
    --_ground: color-mix(in oklab, var(--_for) var(--_strength), var(--_surface));
    border-color: color-mix(in oklab, var(--_for-ink) 45%, var(--_line));
  }
  .cell[data-direction="against"],
  .key i[data-direction="against"] {
    --_ground: color-mix(in oklab, var(--_against-ground) var(--_strength), var(--_surface));
    border-color: color-mix(in oklab, var(--_against) 60%, var(--_line));
    background:
      repeating-linear-gradient(
        135deg,
        color-mix(in oklab, var(--_against) 55%, transparent) 0 1.5px,
        transparent 1.5px 7px
      ),
      var(--_ground);
  }
  .cell .wave {
    position: absolute;
    inset: 4px 2px;
    width: calc(100% - 4px);
    height: calc(100% - 8px);
  }
  .cell .wave path {
    stroke: color-mix(in oklab, var(--_text) 38%, transparent);
    stroke-width: 1.5px;
  }
  .cell[data-direction="for"] .wave path {
    stroke: color-mix(in oklab, var(--_for-ink) 62%, transparent);
  }
  .cell[data-direction="against"] .wave path {
    stroke: color-mix(in oklab, var(--_against) 75%, transparent);
  }
  .cell .value {
    position: absolute;
    inset-inline-end: 3px;
    bottom: 3px;
    padding: 0 0.25rem;
    border-radius: 0.25rem;
    background: color-mix(in oklab, var(--_ground) 88%, transparent);
    font-size: 0.75rem;
    font-variant-numeric: tabular-nums;
    line-height: 1.3;
  }
  .cell .value:empty {
    display: none;
  }
  .cell:hover {
    border-color: var(--_text);
  }
  .cell:focus-visible,
  .header:focus-visible {
    z-index: 1;
  }
  .cell[data-state="off"] {
    border-style: dashed;
    border-color: var(--_edge);
    background: none;
  }
  .cell[data-state="off"] .value {
    color: var(--_muted);
    background: none;
  }
  .cell[data-state="off"] .wave path {
    stroke: var(--_edge);
    transform: scaleY(0.05);
  }
  .cell[data-state="partly"] {
    border-style: dashed;
    border-width: 2px;
  }
  .detail {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem 1.25rem;
    min-height: 2.5rem;
    margin-top: 0.5rem;
    color: var(--_muted);
    font-size: 0.875rem;
    font-variant-numeric: tabular-nums;
  }
  .key {
    display: inline-flex;
    align-items: center;
    gap: 0.375rem;
  }
  .key i {
    width: 1.5rem;
    height: 0.875rem;
    border: 1px solid var(--_edge);
    border-radius: 0.25rem;
    background: var(--_ground);
  }
  .key i[data-state="off"] {
    border-style: dashed;
    background: none;
  }
  @container (max-width: 40rem) {
    .score {
      --_label: 5.75rem;
    }
    .detail {
      column-gap: 0.75rem;
      min-height: 3rem;
    }
    .row-header {
      font-size: 0.8125rem;
    }
    .header {
      gap: 0.25rem;
      padding-inline: 0.125rem;
    }
    .column-header .light {
      display: none;
    }
    .column-header {
      white-space: nowrap;
    }
    .column-header .name {
      display: none;
    }
    .column-header .short-name {
      display: inline;
    }
    .wave path,
    .cell .wave path {
      stroke-width: 1.25px;
    }
    .score:not([data-view="source"]) .cell .value {
      display: none;
    }
  }
  @container (max-width: 26rem) {
    .row-header {
      font-size: 0.75rem;
    }
    /* With many narrow columns, label every other one. */
    .score[data-many] .column-header:nth-child(odd):not(:first-child) .short-name {
      display: none;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    .cell {
      transition: border-color 120ms;
    }
    .cell .wave path {
      transition: transform 180ms ease-out;
    }
  }
  @media (forced-colors: active) {
    .cell,
    .key i {
      border-color: CanvasText;
      forced-color-adjust: none;
      color: CanvasText;
      background: Canvas;
    }
    /* Forced colors: the width of the border shows the magnitude. */
    .cell[data-direction],
    .key i[data-direction] {
      border-width: var(--_edge-width, 1px);
      border-color: CanvasText;
      background: Canvas;
    }
    .cell[data-direction="against"],
    .key i[data-direction="against"] {
      background: repeating-linear-gradient(135deg, CanvasText 0 1.5px, Canvas 1.5px 8px);
    }
    [data-step="2"] {
      --_edge-width: 2px;
    }
    [data-step="3"] {
      --_edge-width: 3px;
    }
    [data-step="4"] {
      --_edge-width: 4px;
    }
    [data-step="5"] {
      --_edge-width: 6px;
    }
    .light {
      border-color: CanvasText;
      background: CanvasText;
      forced-color-adjust: none;
    }
    [data-state="partly"] > .light {
      background: linear-gradient(to right, CanvasText 50%, Canvas 50%);
    }
    [data-state="off"] > .light {
      border-color: GrayText;
      background: Canvas;
    }
    .cell .value {
      color: CanvasText;
      background: Canvas;
    }
    .cell[data-state="off"] {
      border: 1px dashed GrayText;
      background: Canvas;
    }
    .playhead {
      background: Highlight;
      forced-color-adjust: none;
    }
  }
`;
