import { html, nothing, svg, type TemplateResult } from "lit";
import type { LayerSet } from "../sound/layers.ts";
import type { SoundState } from "../sound/sound-player.ts";
import { clockTime, type Locale } from "../texts/locale.ts";
import { type Gates, isSilence } from "../what-if/selection.ts";
import type { PlayerSession, Preset } from "./player-session.ts";

const ICONS = {
  play: svg`<path d="M7.5 4.5v15l12-7.5z"/>`,
  pause: svg`<path d="M6.5 4.5h4v15h-4zM13.5 4.5h4v15h-4z"/>`,
  loop: svg`<path d="M17 3.5 21 7l-4 3.500V8H8a3 3 0 0 0-3 3v1H3v-1a5 5 0 0 1 5-5h9zM7 20.500 3 17l4-3.500V16h9a3 3 0 0 0 3-3v-1h2v1a5 5 0 0 1-5 5H7z"/>`,
  loud: svg`<path d="M4 9v6h4l5 4.500v-15L8 9zM15.500 8.500a5 5 0 0 1 0 7l1.200 1.200a6.700 6.700 0 0 0 0-9.400z"/>`,
  muted: svg`<path d="M4 9v6h4l5 4.500v-15L8 9zM15.200 9.600l1.200-1.200 2.100 2.100 2.100-2.100 1.200 1.200-2.100 2.100 2.100 2.100-1.200 1.200-2.100-2.100-2.100 2.100-1.200-1.200 2.100-2.100z"/>`,
  help: svg`<path d="M3 6.500h18v11H3zM5 8.500v7h14v-7zM6.500 10h2v1.600h-2zM10 10h2v1.600h-2zM13.500 10h2v1.600h-2zM16.500 10h1.500v1.600h-1.500zM8 12.900h8v1.600H8z"/>`,
} as const;

function icon(name: keyof typeof ICONS): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${ICONS[name]}</svg>`;
}

const PRESETS = ["original", "top-1", "top-3", "own"] as const satisfies readonly Preset[];

function renderPresets(session: PlayerSession, { t }: Locale): TemplateResult {
  const current = session.current();
  return html`
    <div class="choices presets" role="group" aria-label=${t("listen.name")}>
      ${PRESETS.map(
        (preset) => html`
          <button
            type="button"
            data-preset=${preset}
            aria-pressed=${preset === current}
            ?disabled=${preset !== current && session.selectionOf(preset) === null}
            @click=${() => session.listen(preset)}
          >
            ${t(`listen.${preset}`)}
          </button>
        `,
      )}
    </div>
  `;
}

/** Renders play, the clock, presets, repeat, volume and help, and the state of the sound below. */
export function renderTransport(
  session: PlayerSession,
  locale: Locale,
  showsLoading: boolean,
  openHelp: () => void,
): TemplateResult {
  const { t } = locale;
  const { sound, explanation } = session;
  const { playing, loopedSegment, muted, volume, phase } = sound.get();
  const loading = showsLoading && (phase === "fetching" || phase === "decoding");
  const segment = loopedSegment ?? session.segmentAt(sound.position());
  const loopName =
    loopedSegment === null
      ? t("sound.loop", { time: locale.time(explanation.segments[segment]!) })
      : t("sound.unloop");
  return html`
    <div class="transport">
      <button
        type="button"
        class="play"
        data-loading=${loading ? "yes" : "no"}
        aria-label=${t(playing ? "sound.pause" : "sound.play")}
        @click=${session.togglePlay}
      >
        ${icon(playing ? "pause" : "play")}
      </button>
      <span class="clock">
        <span class="now">${clockTime(sound.position())}</span> / ${clockTime(sound.duration)}
      </span>
      ${renderPresets(session, locale)}
      <span class="tools">
        <button
          type="button"
          class="tool"
          aria-label=${loopName}
          title=${loopName}
          aria-pressed=${loopedSegment !== null}
          @click=${session.toggleLoop}
        >
          ${icon("loop")}
        </button>
        <button
          type="button"
          class="tool"
          aria-label=${t(muted ? "sound.unmute" : "sound.mute")}
          title=${t(muted ? "sound.unmute" : "sound.mute")}
          aria-pressed=${muted}
          @click=${() => sound.setMuted(!muted)}
        >
          ${icon(muted || volume === 0 ? "muted" : "loud")}
        </button>
        <input
          class="volume"
          type="range"
          min="0"
          max="1"
          step="0.05"
          aria-label=${t("sound.volume")}
          .value=${String(muted ? 0 : volume)}
          @input=${(event: Event) =>
            sound.setVolume((event.target as HTMLInputElement).valueAsNumber)}
        />
        <button
          type="button"
          class="tool keys"
          aria-label=${t("help.open")}
          title=${t("help.open")}
          @click=${openHelp}
        >
          ${icon("help")}
        </button>
      </span>
    </div>
    ${renderSoundNotes(session, locale, loading)}
  `;
}

/** Renders the state of the sound: loading, missing parts with the reason, and a button to retry. */
function renderSoundNotes(
  { sound, whatIf, explanation, segments }: PlayerSession,
  locale: Locale,
  loading: boolean,
): TemplateResult {
  const { t } = locale;
  const state = sound.get();
  const { phase, problem, layers } = state;
  const { gates } = whatIf.get();
  const isUnheard = layers?.kind === "mix" && !isAudible(layers, gates, segments.length);
  const hasSources = explanation.separation.sources.length > 1;
  return html`
    <div class="notes" role="status">
      ${loading ? html`<p>${t(phase === "decoding" ? "sound.decoding" : "sound.loading")}</p>` : nothing}
      ${hasSources && layers?.kind === "mix" ? renderStemsNote(state, sound.retryStems, locale) : nothing}
      ${isSilence(gates) ? html`<p>${t("listen.nothing")}</p>` : nothing}
      ${isUnheard && !isSilence(gates) ? html`<p>${t("sound.unheard")}</p>` : nothing}
      ${
        problem === null
          ? nothing
          : html`<p class="problem">
              ${phase === "error" ? html`<strong>${t("sound.failed")}</strong> ` : nothing}${locale.message(problem)}
              ${phase === "error" ? renderRetry(sound.play, locale) : nothing}
            </p>`
      }
    </div>
  `;
}

function renderStemsNote(
  { stems }: SoundState,
  retry: () => Promise<void>,
  locale: Locale,
): TemplateResult | typeof nothing {
  const { t } = locale;
  switch (stems.state) {
    case "none":
      return html`<p>${t("sound.mix")} ${renderRetry(retry, locale)}</p>`;
    case "loading":
      return html`<p>${t("sound.stems-coming")}</p>`;
    case "failed": {
      const reason = locale.message(stems.problem);
      return html`<p class="problem">
        ${t("sound.stems-failed", { reason })} ${renderRetry(retry, locale)}
      </p>`;
    }
    default:
      return nothing;
  }
}

function renderRetry(retry: () => Promise<void>, { t }: Locale): TemplateResult {
  return html`<button type="button" class="quiet" @click=${() => void retry()}>
    ${t("sound.retry")}
  </button>`;
}

/** Returns true if any part of the selection plays. */
function isAudible({ layers }: LayerSet, gates: Gates, segments: number): boolean {
  return Array.from({ length: segments }, (_, segment) => segment).some((segment) =>
    layers.some((layer) => layer.isOpen(gates, segment)),
  );
}
