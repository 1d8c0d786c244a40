import type { TrackDetail } from "@lemons/shared/contract/track";
import { html, nothing, type TemplateResult } from "lit";
import type { Locale } from "../texts/locale.ts";

/** Links come from the catalogue: only those that lead to pages are followed. */
function linkOf(address: string | null): string | null {
  return address !== null && /^https?:\/\//.test(address) ? address : null;
}

/** Author, licence and changes: they go wherever the sound goes. */
export function renderCredit(track: TrackDetail, { t }: Locale): TemplateResult {
  const { title, artist, licence, changes } = track;
  const isUpload = track.origin === "upload";
  const link = linkOf(track.licenceUrl);
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
