import { html, nothing, type TemplateResult } from "lit";
import type { LayerSet } from "../sound/load-layers.ts";
import type { SoundState } from "../sound/sound-player.ts";
import type { Locale } from "../texts/locale.ts";
import { type Gates, isSilence } from "../what-if/selection.ts";
import type { PlayerSession } from "./player-session.ts";

/** What there is to say about the sound: what loads, what cannot be heard and why, and a way on. */
export function renderSoundNotes(
  { sound, whatIf, explanation, segments }: PlayerSession,
  locale: Locale,
  loading: boolean,
): TemplateResult {
  const { t } = locale;
  const state = sound.get();
  const { phase, problem, layers } = state;
  const { gates } = whatIf.get();
  const isUnheard = layers?.kind === "mix" && !canBeHeard(layers, gates, segments.length);
  const hasSources = explanation.separation.sources.length > 1;
  return html`
    <div class="notes" role="status">
      ${loading ? html`<p>${t(phase === "decoding" ? "sound.decoding" : "sound.loading")} …</p>` : nothing}
      ${hasSources && layers?.kind === "mix" ? renderStemsNote(state, sound.retryStems, locale) : nothing}
      ${isSilence(gates) ? html`<p>${t("listen.nothing")}</p>` : nothing}
      ${isUnheard && !isSilence(gates) ? html`<p>${t("sound.unheard")}</p>` : nothing}
      ${
        problem === null
          ? nothing
          : html`<p class="problem">
              ${phase === "error" ? html`<strong>${t("sound.failed")}</strong> ` : nothing}${t(problem.key, problem.values)}
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
    case "coming":
      return html`<p>${t("sound.stems-coming")}</p>`;
    case "failed": {
      const reason = t(stems.problem.key, stems.problem.values);
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

/** Whether anything of a selection sounds anywhere. */
function canBeHeard({ layers }: LayerSet, gates: Gates, segments: number): boolean {
  return Array.from({ length: segments }, (_, segment) => segment).some((segment) =>
    layers.some((layer) => layer.isOpen(gates, segment)),
  );
}
