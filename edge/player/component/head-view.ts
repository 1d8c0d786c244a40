import type { TrackDetail } from "@lemons/shared/contract/track";
import { wedgePath } from "@lemons/shared/display/citrus";
import { RELEVANCE_STEPS, relevanceStep } from "@lemons/shared/explanation/scales";
import { html, nothing, svg, type TemplateResult } from "lit";
import type { Locale } from "../texts/locale.ts";
import { relevanceWords, summaryText } from "./explanation-text.ts";
import type { PlayerSession } from "./player-session.ts";

/** Renders title, artist, relevance and summary above the player. */
export function renderHead(
  { explanation, track, whatIf }: PlayerSession,
  locale: Locale,
): TemplateResult {
  return html`
    <header class="head">
      <div class="what">
        <h2>${track.title}</h2>
        <p class="artist">${track.artist}</p>
      </div>
      ${renderRelevance(explanation.relevance, locale)}
    </header>
    <div class="answer">
      <slot name="summary"><p>${summaryText(explanation, whatIf.get(), locale)}</p></slot>
    </div>
  `;
}

/** Renders a relevance as a number, in words, and as a slice with one to five filled wedges. */
function renderRelevance(relevance: number, locale: Locale): TemplateResult {
  const { level } = relevanceStep(relevance);
  return html`
    <p class="relevance-badge">
      <svg viewBox="-13 -13 26 26" aria-hidden="true">
        ${RELEVANCE_STEPS.map((_, index) => {
          const path = wedgePath({ index, count: RELEVANCE_STEPS.length, radius: 11.5, gap: 2.5 });
          return svg`<path class=${index < level ? "on" : "off"} d=${path} />`;
        })}
      </svg>
      <span>
        <span class="unseen">${locale.t("relevance.name")}</span>
        <strong>${locale.relevance(relevance)}</strong>
        <span class="words">${relevanceWords(relevance, locale)}</span>
      </span>
    </p>
  `;
}

/** Returns an address if it is a web page. Addresses come from the catalogue. */
function webAddress(address: string | null): string | null {
  return address !== null && /^https?:\/\//.test(address) ? address : null;
}

/** Renders artist, licence and changes, which licences require beside the sound. */
export function renderCredit(track: TrackDetail, { t }: Locale): TemplateResult {
  const { title, artist, licence, changes } = track;
  const isUpload = track.origin === "upload";
  const link = webAddress(track.licenceUrl);
  const licensed = html`
    ${link === null ? licence : html`<a href=${link} rel="license noopener" target="_top">${licence}</a>`}.
    ${changes === "" ? nothing : t("credit.changed", { changes })}
  `;
  return html`
    <p class="credit" aria-label=${t("credit.name")}>
      ${title} ${t("player.by", { artist })}${isUpload ? "." : ","}
      ${isUpload ? t("credit.upload") : licensed}
      ${t("credit.excerpt")}
    </p>
  `;
}
