import { html, nothing, svg, type TemplateResult } from "lit";
import { clockTime } from "../clock-time.ts";
import type { Locale } from "../texts/locale.ts";
import type { Message } from "../texts/translate.ts";
import { renderCredit } from "./credit-view.ts";
import { answerText, explanationText } from "./explanation-text.ts";
import { type PartGrid, partGridOf } from "./grid-model.ts";
import { cellLabel, type GridPlace, placeAfter, renderGrid } from "./grid-view.ts";
import { renderBadges } from "./head-view.ts";
import { renderHelp } from "./help-view.ts";
import { type createLaneWaves, waveOf } from "./lane-waves.ts";
import type { PlayerSession } from "./player-session.ts";
import { renderTransport } from "./transport-view.ts";
import { renderChoices, renderWhatIf } from "./what-if-view.ts";

/** How far the explanation itself is. */
export type PlayerLoading =
  | { phase: "idle" }
  | { phase: "loading" }
  | { phase: "ready" }
  | { phase: "error"; problem: Message };

/** What a player is drawn from once its explanation is there. */
export interface PlayerViewInput {
  session: PlayerSession;
  locale: Locale;
  isPlain: boolean;
  isCompact: boolean;
  /** Whether what is loading takes long enough to be mentioned. */
  isSlow: boolean;
  /** Where Tab leads to in the grid. */
  focused: GridPlace;
  /** What the pointer or the focus is on. */
  pointed: GridPlace | null;
  /** Bars of a waveform over the whole excerpt. */
  bars: number;
  /** Magnitudes of the excerpt; empty where they are not known. */
  mix: readonly number[];
  waves: ReturnType<typeof createLaneWaves>;
  openHelp(): void;
  onSave(): void;
  onFocus(place: GridPlace): void;
  onPoint(place: GridPlace | null): void;
  /** Somebody wants to go there. */
  onMove(place: GridPlace): void;
  onSeek(seconds: number): void;
}

/** More stretches of time than these have no room for all of their names on a narrow screen. */
const MANY_COLUMNS = 5;
const UNKNOWN_WAVE: readonly number[] = new Array<number>(60).fill(0);

/** A player without an explanation: none asked for, on its way, or failed. */
export function renderNotReady(
  loading: PlayerLoading,
  isSlow: boolean,
  { t }: Locale,
  retry: () => void,
): TemplateResult {
  switch (loading.phase) {
    case "error":
      return html`
        <div class="player message" part="player" role="alert">
          <p><strong>${t("player.failed")}</strong> ${t(loading.problem.key, loading.problem.values)}</p>
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

/** A player with its explanation. */
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

function renderHead({ explanation, track, whatIf }: PlayerSession, locale: Locale): TemplateResult {
  return html`
    <header class="head">
      <div class="what">
        <h2>${track.title}</h2>
        <p class="artist">${track.artist}</p>
      </div>
      ${renderBadges(explanation, locale)}
    </header>
    <div class="answer">
      <slot name="summary"><p>${answerText(explanation, whatIf.get(), locale)}</p></slot>
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

/** What the pointer or the focus is on in full, or the legend. */
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
