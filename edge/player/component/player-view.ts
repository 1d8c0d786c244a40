import { html, nothing, svg, type TemplateResult } from "lit";
import { clockTime, type Locale } from "../texts/locale.ts";
import type { Message } from "../texts/translate.ts";
import { explanationText } from "./explanation-text.ts";
import { type PartGrid, partGridOf } from "./grid-model.ts";
import { cellLabel, type GridPlace, placeAfter, renderGrid } from "./grid-view.ts";
import { renderCredit, renderHead } from "./head-view.ts";
import { type createLaneWaves, waveOf } from "./lane-waves.ts";
import type { PlayerSession } from "./player-session.ts";
import { renderHelp } from "./shortcuts.ts";
import { renderTransport } from "./transport-view.ts";
import { renderChoices, renderWhatIf } from "./what-if-view.ts";

/** Loading state of the explanation. */
export type PlayerLoading =
  | { phase: "idle" }
  | { phase: "loading" }
  | { phase: "ready" }
  | { phase: "error"; problem: Message };

/** Input of {@link renderPlayer}. */
export interface PlayerViewInput {
  session: PlayerSession;
  locale: Locale;
  isPlain: boolean;
  isCompact: boolean;
  /** True if loading takes long enough to show a note. */
  isSlow: boolean;
  /** Cell of the grid that Tab reaches. */
  focused: GridPlace;
  /** Cell under the pointer or with the focus. */
  pointed: GridPlace | null;
  /** Number of waveform bars over the whole excerpt. */
  bars: number;
  /** Peaks of the excerpt, 0 to 1; empty if unknown. */
  mix: readonly number[];
  waves: ReturnType<typeof createLaneWaves>;
  openHelp(): void;
  onSave(): void;
  onFocus(place: GridPlace): void;
  onPoint(place: GridPlace | null): void;
  /** Moves the focus to a cell. */
  onMove(place: GridPlace): void;
  onSeek(seconds: number): void;
}

/** Narrow screens have no room for more column names than this. */
const MANY_COLUMNS = 5;
const UNKNOWN_WAVE: readonly number[] = new Array<number>(60).fill(0);

/** Renders a player without an explanation: none selected, loading, or failed. */
export function renderNotReady(
  loading: PlayerLoading,
  isSlow: boolean,
  locale: Locale,
  retry: () => void,
): TemplateResult {
  const { t } = locale;
  switch (loading.phase) {
    case "error":
      return html`
        <div class="player message" part="player" role="alert">
          <p><strong>${t("player.failed")}</strong> ${locale.message(loading.problem)}</p>
          <button type="button" class="primary" @click=${retry}>${t("player.retry")}</button>
        </div>
      `;
    case "idle":
      return html`<div class="player message" part="player"><p>${t("player.empty")}</p></div>`;
    default:
      return html`
        <div class="player message" part="player" aria-busy="true">
          <p role="status">${isSlow ? t("player.loading") : nothing}</p>
        </div>
      `;
  }
}

/** Renders a player with its explanation. */
export function renderPlayer(input: PlayerViewInput): TemplateResult {
  const { session, locale } = input;
  const { explanation, track, whatIf } = session;
  const state = whatIf.get();
  const grid = partGridOf(explanation, state, locale);
  const prepare = () => void whatIf.prepare();
  return html`
    <div
      class="player"
      part="player"
      role="group"
      aria-label=${locale.t("player.name", { title: track.title })}
      @pointerenter=${prepare}
      @focusin=${prepare}
    >
      ${input.isPlain ? nothing : renderHead(session, locale)}
      <div part="transport">
        ${renderTransport(session, locale, input.isSlow, input.openHelp)}
      </div>
      ${renderChoices(session, locale, !input.isPlain)}
      <div
        class="score"
        part="grid"
        data-view=${state.view}
        ?data-many=${grid.columns.length > MANY_COLUMNS}
      >
        ${renderSeek(input)} ${renderParts(input, grid)}
        <div class="lanes" aria-hidden="true"><span class="playhead"></span></div>
      </div>
      ${renderDetail(input, grid)}
      ${input.isCompact ? nothing : html`<div part="what-if">${renderWhatIf(session, locale)}</div>`}
      <footer class="foot" part="credits">
        ${renderCredit(track, locale)}
        <span class="doing">
          <button type="button" class="quiet" data-action="save" @click=${input.onSave}>
            ${locale.t("save.wave")}
          </button>
          <slot name="actions"></slot>
        </span>
      </footer>
      <div class="unseen">
        <h3>${locale.t("text.heading")}</h3>
        ${explanationText(explanation, track, state, locale).map((text) => html`<p>${text}</p>`)}
      </div>
      ${renderHelp(locale)}
    </div>
  `;
}

function renderSeek({ session, locale, mix, bars, onSeek }: PlayerViewInput): TemplateResult {
  const { t } = locale;
  const { sound } = session;
  const wave = waveOf(mix.length > 0 ? mix : UNKNOWN_WAVE, bars);
  const position = sound.position();
  return html`
    <div class="seek">
      <span aria-hidden="true"></span>
      <div class="seek-lane">
        <svg class="wave" viewBox="0 0 ${wave.bars} 2" preserveAspectRatio="none" aria-hidden="true">
          ${svg`<path d=${wave.path} />`}
        </svg>
        <input
          type="range"
          min="0"
          max=${sound.duration}
          step="0.01"
          aria-label=${t("sound.position")}
          aria-valuetext=${t("sound.time", {
            current: clockTime(position),
            total: clockTime(sound.duration),
          })}
          .value=${String(position)}
          @input=${(event: Event) => onSeek((event.target as HTMLInputElement).valueAsNumber)}
        />
      </div>
    </div>
  `;
}

function renderParts(input: PlayerViewInput, grid: PartGrid): TemplateResult {
  const { session, locale, focused, bars, waves, onFocus, onPoint } = input;
  const { view } = session.whatIf.get();
  const { layers } = session.sound.get();
  return renderGrid({
    grid,
    locale,
    focused,
    onFocus,
    onPoint,
    waveOf: (row, column) => waves(view, layers, bars, row, column),
    onToggle: (place) => toggleAt(session, grid, place),
    onKey: (event, place) => onGridKey(input, grid, event, place),
  });
}

function toggleAt({ whatIf }: PlayerSession, grid: PartGrid, { row, column }: GridPlace): void {
  if (row > 0 && column > 0) {
    whatIf.toggle(grid.rows[row - 1]!.cells[column - 1]!.part);
    return;
  }
  const headers = row === 0 ? [grid.corner, ...grid.columns] : [grid.rows[row - 1]!.header];
  const { toggles, state } = headers[column]!;
  if (toggles !== null) whatIf.toggle(toggles.part, toggles.view);
  else
    whatIf.select(
      whatIf
        .get()
        .gates.slice()
        .fill(state === "on" ? 0 : 1),
    );
}

function onGridKey(
  { session, onMove }: PlayerViewInput,
  grid: PartGrid,
  event: KeyboardEvent,
  place: GridPlace,
): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    toggleAt(session, grid, place);
    return;
  }
  const next = placeAfter(event.key, place, grid.rows.length, grid.columns.length);
  if (next === null) return;
  event.preventDefault();
  onMove(next);
}

/** Renders the full label of the cell under the pointer or with the focus, else the legend. */
function renderDetail({ pointed, locale }: PlayerViewInput, grid: PartGrid): TemplateResult {
  const { t } = locale;
  const cell = pointed && grid.rows[pointed.row - 1]?.cells[pointed.column - 1];
  return html`
    <p class="detail" aria-hidden="true">
      ${
        cell
          ? html`<span>${cellLabel(cell, locale)}</span>`
          : html`
              <span class="key"><i data-direction="for" data-step="4"></i>${t("legend.for")}</span>
              <span class="key">
                <i data-direction="against" data-step="4"></i>${t("legend.against")}
              </span>
              <span class="key"><i data-state="off"></i>${t("legend.off")}</span>
            `
      }
    </p>
  `;
}
