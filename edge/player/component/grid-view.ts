import { html, nothing, svg, type TemplateResult } from "lit";
import type { TextKey } from "../texts/english.ts";
import type { Locale } from "../texts/locale.ts";
import type { PartState } from "../what-if/selection.ts";
import type { GridHeader, PartCell, PartGrid } from "./grid-model.ts";

/** Position in the grid; row 0 and column 0 hold the headers. */
export interface GridPlace {
  row: number;
  column: number;
}

/** Input of {@link renderGrid}. */
export interface GridViewInput {
  grid: PartGrid;
  locale: Locale;
  /** The only cell in the tab order. */
  focused: GridPlace;
  /** Returns the waveform of a cell as an SVG path in a box of `bars` x 2; null without one. */
  waveOf(row: number, column: number): { path: string; bars: number } | null;
  onToggle(place: GridPlace): void;
  onFocus(place: GridPlace): void;
  /** Called with the cell under the pointer; null once the pointer leaves. */
  onPoint(place: GridPlace | null): void;
  onKey(event: KeyboardEvent, place: GridPlace): void;
}

/** Returns the accessible name of a cell: part, value, direction and state. */
export function cellLabel({ label, value, direction, state }: PartCell, locale: Locale): string {
  const { t } = locale;
  const stateWords = t(`grid.${state}`);
  if (value === null) return t("grid.cell.unknown", { part: label, state: stateWords });
  return t("grid.cell", {
    part: label,
    value: locale.signed(value),
    direction: t(`direction.${direction}`),
    state: stateWords,
  });
}

/** Returns the cell that an arrow, Home, End or Page key leads to; null for other keys. */
export function placeAfter(
  key: string,
  { row, column }: GridPlace,
  rows: number,
  columns: number,
): GridPlace | null {
  const clamp = (value: number, limit: number) => Math.min(limit, Math.max(0, value));
  const to = (nextRow: number, nextColumn: number) => ({
    row: clamp(nextRow, rows),
    column: clamp(nextColumn, columns),
  });
  switch (key) {
    case "ArrowLeft":
      return to(row, column - 1);
    case "ArrowRight":
      return to(row, column + 1);
    case "ArrowUp":
      return to(row - 1, column);
    case "ArrowDown":
      return to(row + 1, column);
    case "Home":
      return to(row, 0);
    case "End":
      return to(row, columns);
    case "PageUp":
      return to(0, column);
    case "PageDown":
      return to(rows, column);
    default:
      return null;
  }
}

/** Renders the parts as an ARIA grid with roving focus. Headers toggle whole rows and columns. */
export function renderGrid(input: GridViewInput): TemplateResult {
  const { grid, locale } = input;
  const { t } = locale;
  return html`
    <div
      class="grid"
      role="grid"
      aria-label=${t("grid.name")}
      aria-describedby="grid-help"
      aria-multiselectable="true"
      @pointerleave=${() => input.onPoint(null)}
    >
      <div role="row" class="row">
        ${renderHeader(input, grid.corner, { row: 0, column: 0 }, t("grid.all"))}
        ${grid.columns.map((header, i) =>
          renderHeader(input, header, { row: 0, column: i + 1 }, header.label),
        )}
      </div>
      ${grid.rows.map(
        (row, r) => html`
          <div role="row" class="row">
            ${renderHeader(input, row.header, { row: r + 1, column: 0 }, row.header.label)}
            ${row.cells.map((cell, c) => renderCell(input, cell, { row: r + 1, column: c + 1 }))}
          </div>
        `,
      )}
    </div>
    <span id="grid-help" class="unseen">${t("grid.help")}</span>
  `;
}

const tabIndexAt = ({ focused }: GridViewInput, place: GridPlace) =>
  place.row === focused.row && place.column === focused.column ? 0 : -1;

const selected = (state: PartState) => (state === "on" ? "true" : "false");

function handlers(input: GridViewInput, place: GridPlace) {
  return {
    click: () => input.onToggle(place),
    focus: () => input.onFocus(place),
    enter: () => input.onPoint(place),
    key: (event: KeyboardEvent) => input.onKey(event, place),
  };
}

function renderHeader(
  input: GridViewInput,
  header: GridHeader,
  place: GridPlace,
  name: string,
): TemplateResult {
  const on = handlers(input, place);
  const { t } = input.locale;
  return html`
    <div
      class="header ${place.row === 0 ? "column-header" : "row-header"}"
      role=${place.row === 0 ? "columnheader" : "rowheader"}
      data-row=${place.row}
      data-column=${place.column}
      data-state=${header.state}
      tabindex=${tabIndexAt(input, place)}
      aria-selected=${selected(header.state)}
      aria-label=${t("grid.header", { part: name, state: t(`grid.${header.state}` as TextKey) })}
      @click=${on.click}
      @focus=${on.focus}
      @keydown=${on.key}
      @pointerenter=${on.enter}
    >
      <span class="light" aria-hidden="true"></span><span class="name">${header.label}</span>
      <span class="short-name">${header.short}</span>
    </div>
  `;
}

function renderCell(input: GridViewInput, cell: PartCell, place: GridPlace): TemplateResult {
  const { locale } = input;
  const on = handlers(input, place);
  const wave = input.waveOf(place.row - 1, place.column - 1);
  return html`
    <div
      class="cell"
      role="gridcell"
      data-row=${place.row}
      data-column=${place.column}
      data-part=${cell.part}
      data-state=${cell.state}
      data-direction=${cell.direction}
      data-step=${cell.step}
      tabindex=${tabIndexAt(input, place)}
      aria-selected=${selected(cell.state)}
      aria-label=${cellLabel(cell, locale)}
      @click=${on.click}
      @focus=${on.focus}
      @keydown=${on.key}
      @pointerenter=${on.enter}
    >
      ${
        wave === null
          ? nothing
          : html`<svg
              class="wave"
              viewBox="0 0 ${wave.bars} 2"
              preserveAspectRatio="none"
              aria-hidden="true"
            >
              ${svg`<path d=${wave.path} />`}
            </svg>`
      }
      <span class="value" aria-hidden="true">
        ${cell.value === null ? nothing : locale.signed(cell.value)}
      </span>
    </div>
  `;
}
