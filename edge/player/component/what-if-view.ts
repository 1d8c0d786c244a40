import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import { fidelityStep } from "@lemons/shared/explanation/scales";
import { html, nothing, type TemplateResult } from "lit";
import type { Locale } from "../texts/locale.ts";
import type { Measure, WhatIfStore } from "../what-if/explanation-store.ts";
import { isWholeTrack } from "../what-if/selection.ts";
import { renderGauge } from "./gauge-view.ts";
import type { PlayerSession } from "./player-session.ts";

const VIEWS = ["time", "source", "time+source"] as const satisfies readonly ExplanationType[];
const MEASURES = ["weight", "shapley"] as const satisfies readonly Measure[];

/** Range of the kernel width slider. Its positions are spaced by the logarithm. */
const NARROWEST = 0.05;
const WIDEST = 2;
const STEPS = 100;

/** Returns the kernel width at a slider position, 0 to {@link STEPS}, to two significant digits. */
export function kernelWidthAt(position: number): number {
  return Number((NARROWEST * (WIDEST / NARROWEST) ** (position / STEPS)).toPrecision(2));
}

/** Returns the slider position of a kernel width. */
export function sliderPosition(width: number): number {
  return Math.round((Math.log(width / NARROWEST) / Math.log(WIDEST / NARROWEST)) * STEPS);
}

function isMissing(whatIf: WhatIfStore): boolean {
  return whatIf.get().table.phase === "missing";
}

/** Renders the choice of view and of measure. */
export function renderChoices(
  { whatIf }: PlayerSession,
  { t }: Locale,
  withViews: boolean,
): TemplateResult {
  const { view, measure, values } = whatIf.get();
  return html`
    <div class="choosing">
      <div class="choices" role="group" aria-label=${t("view.name")} ?hidden=${!withViews}>
        ${VIEWS.map(
          (each) => html`
            <button
              type="button"
              data-view=${each}
              aria-pressed=${each === view}
              ?disabled=${!whatIf.canShow(each)}
              @click=${() => whatIf.setView(each)}
            >
              ${t(`view.${each}`)}
            </button>
          `,
        )}
      </div>
      <div class="choices" role="group" aria-label=${t("measure.name")}>
        ${MEASURES.map(
          (each) => html`
            <button
              type="button"
              data-measure=${each}
              aria-pressed=${each === measure}
              ?disabled=${each === "shapley" && values !== null && values.shapley === null}
              @click=${() => whatIf.setMeasure(each)}
            >
              ${t(`measure.${each}`)}
            </button>
          `,
        )}
      </div>
    </div>
  `;
}

/** Renders the fidelity of the fit, the kernel width and the count of all combinations. */
function renderKernel({ whatIf }: PlayerSession, locale: Locale): TemplateResult {
  const { t } = locale;
  const { kernelWidth, values, counting } = whatIf.get();
  const level = values === null ? null : fidelityStep(values.fidelity).id;
  const fidelity =
    values === null ? "–" : t("fidelity.percent", { percent: locale.percent(values.fidelity) });
  const width = kernelWidth.toLocaleString(locale.language);
  return html`
    <div class="fit">
      <p class="fidelity" data-level=${level ?? nothing}>
        <span class="badge">
          ${t("fidelity.name")} <strong>${fidelity}</strong>${level === null ? nothing : html`, ${t(`fidelity.${level}`)}`}
        </span>
        ${level === null ? nothing : html`<span class="meaning">${t(`fidelity.meaning.${level}`)}</span>`}
      </p>
      <label class="kernel">
        <span>${t("kernel.name")} <strong>${width}</strong></span>
        <input
          type="range"
          min="0"
          max=${STEPS}
          step="1"
          ?disabled=${isMissing(whatIf)}
          .value=${String(sliderPosition(kernelWidth))}
          aria-valuetext=${t("kernel.value", { value: width, fidelity })}
          @input=${(event: Event) =>
            whatIf.setKernelWidth(kernelWidthAt((event.target as HTMLInputElement).valueAsNumber))}
        />
        <span class="ends" aria-hidden="true">
          <span>${t("kernel.near")}</span><span>${t("kernel.far")}</span>
        </span>
      </label>
      <p class="counting" role="status">
        ${
          counting.phase === "loading"
            ? t("grid.counting", { percent: Math.round(counting.fraction * 100) })
            : nothing
        }
        ${
          counting.phase === "error"
            ? t("grid.uncounted", { reason: locale.message(counting.problem) })
            : nothing
        }
      </p>
    </div>
  `;
}

/** Renders the what-if panel: score of the selection, decisive sets and fit. */
export function renderWhatIf(session: PlayerSession, locale: Locale): TemplateResult {
  const { t } = locale;
  const { whatIf } = session;
  const { gates, values } = whatIf.get();
  const isWhole = isWholeTrack(gates);
  const isUndecided = values?.decision.reason === "not-above-silence";
  return html`
    <div class="what-if" role="group" aria-label=${t(isWhole ? "whatif.whole" : "whatif.name")}>
      <div class="answering">
        <h3>${t(isWhole ? "whatif.whole" : "whatif.name")}</h3>
        ${renderGauge(session, locale)}
        <div class="actions">
          <button
            type="button"
            data-action="smallest-keeping"
            title=${t("whatif.smallest-keeping.title")}
            ?disabled=${!values?.sufficient}
            @click=${whatIf.selectSmallestKeeping}
          >
            ${t("whatif.smallest-keeping")}
          </button>
          <button
            type="button"
            data-action="smallest-losing"
            title=${t("whatif.smallest-losing.title")}
            ?disabled=${!values?.necessary}
            @click=${whatIf.selectSmallestLosing}
          >
            ${t("whatif.smallest-losing")}
          </button>
          <button
            type="button"
            data-action="reset"
            title=${t("whatif.reset.title")}
            ?disabled=${isWhole}
            @click=${whatIf.reset}
          >
            ${t("whatif.reset")}
          </button>
        </div>
        ${isUndecided ? html`<p class="undecided">${t("whatif.undecided")}</p>` : nothing}
      </div>
      ${renderKernel(session, locale)}
    </div>
  `;
}
