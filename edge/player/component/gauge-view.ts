import { RECOMMENDED_RELEVANCE } from "@lemons/shared/explanation/scales";
import { html, nothing, svg, type TemplateResult } from "lit";
import type { Locale } from "../texts/locale.ts";
import { isWholeTrack } from "../what-if/selection.ts";
import { relevanceWords } from "./explanation-text.ts";
import type { PlayerSession } from "./player-session.ts";

const percent = (value: number) => `${(value * 100).toFixed(2)}%`;

/** Renders the bar, with marks for the whole track and the threshold. */
function renderBar(relevance: number, original: number, threshold: number | null): TemplateResult {
  return html`
    <svg class="gauge-bar" aria-hidden="true">
      ${svg`
        <rect class="gauge-ground" x="0" y="6" width="100%" height="14" rx="7" />
        <rect class="gauge-fill" x="0" y="6" width=${percent(relevance)} height="14" rx="7" />
        ${
          threshold === null
            ? nothing
            : svg`<line class="gauge-threshold" x1=${percent(threshold)} x2=${percent(threshold)} y1="2" y2="24" />`
        }
        <svg x=${percent(original)} y="0" overflow="visible">
          <path class="gauge-original" d="M-6 0h12l-6 7z" />
        </svg>
      `}
    </svg>
  `;
}

function renderVerdict(session: PlayerSession, relevance: number, { t }: Locale) {
  const { threshold } = session.whatIf.get().values?.decision ?? { threshold: null };
  if (threshold === null) return nothing;
  const isAbove = relevance >= threshold;
  if (threshold === RECOMMENDED_RELEVANCE) {
    return t(isAbove ? "whatif.recommended" : "whatif.not-recommended");
  }
  return t(isAbove ? "whatif.above" : "whatif.below");
}

/** Renders the relevance of the selection, compared with the whole track. */
export function renderGauge(session: PlayerSession, locale: Locale): TemplateResult {
  const { t } = locale;
  const { gates, relevance, table, values } = session.whatIf.get();
  const original = session.explanation.relevance;
  const threshold = values?.decision.threshold ?? null;
  const isWhole = isWholeTrack(gates);
  const shown = relevance ?? original;
  return html`
    <div class="gauge" data-known=${relevance === null ? "no" : "yes"}>
      <p class="gauge-number">
        <strong>${relevance === null ? "–" : locale.relevance(relevance)}</strong>
        <span>
          ${
            relevance === null
              ? nothing
              : html`${relevanceWords(relevance, locale)}${isWhole ? nothing : html`, ${renderVerdict(session, relevance, locale)}`}`
          }
        </span>
      </p>
      <div
        role="meter"
        aria-label=${t("relevance.name")}
        aria-valuemin="0"
        aria-valuemax="1"
        aria-valuenow=${shown.toFixed(3)}
        aria-valuetext=${relevance === null ? "–" : `${locale.relevance(relevance)}, ${relevanceWords(relevance, locale)}`}
      >
        ${renderBar(shown, original, threshold)}
      </div>
      <p class="gauge-notes">
        <span class="difference" role="status">
          ${renderDifference(session, locale)}
        </span>
        <span class="marks">
          <span>▼ ${t("whatif.original", { value: locale.relevance(original) })}</span>
          ${
            threshold === null
              ? nothing
              : html`<span>┃ ${t(threshold === RECOMMENDED_RELEVANCE ? "whatif.threshold" : "whatif.mark", { value: locale.relevance(threshold) })}</span>`
          }
        </span>
      </p>
      ${
        table.phase === "error"
          ? html`<p class="problem" role="alert">
              ${t("whatif.failed", { reason: locale.message(table.problem) })}
              <button type="button" class="quiet" @click=${() => void session.whatIf.prepare()}>
                ${t("player.retry")}
              </button>
            </p>`
          : nothing
      }
    </div>
  `;
}

function renderDifference(session: PlayerSession, locale: Locale) {
  const { t } = locale;
  const { gates, relevance, table } = session.whatIf.get();
  if (table.phase === "missing") return t("whatif.missing");
  if (isWholeTrack(gates)) return t("whatif.hint");
  if (relevance !== null) return locale.difference(relevance, session.explanation.relevance);
  return table.phase === "error" ? nothing : t("whatif.loading");
}
