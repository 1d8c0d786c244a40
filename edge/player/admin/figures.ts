import type { Usage } from "@lemons/shared/contract/usage";
import { html, type TemplateResult } from "lit";
import { t } from "../texts/translate.ts";
import type { BatchJson } from "./admin-api.ts";

/** Formats a duration in seconds, minutes or hours. */
export function durationWords(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** Formats a share as a whole percentage; only exact shares are 0 % or 100 %. */
export function percent(part: number): string {
  const whole = Math.round(part * 100);
  if (whole === 100 && part < 1) return "99 %";
  if (whole === 0 && part > 0) return "1 %";
  return `${whole} %`;
}

/** Formats dollars, with cents below $100. */
export function dollars(amount: number): string {
  return `$${amount.toFixed(amount < 100 ? 2 : 0)}`;
}

/** Returns the completed share of a batch, 0 to 1; null while it is being planned. */
export function progressOf({ counts, planning, state }: BatchJson): number | null {
  const ended = counts.done + counts.failed + counts.skipped;
  const all = ended + counts.planned + counts.running;
  if (state !== "running") return 1;
  if (planning || all === 0) return null;
  return ended / all;
}

/** Returns the state of a batch in words. */
export function stateWords({ state, planning, secondsLeft, counts }: BatchJson): string {
  if (state === "cancelled") return t("admin.state.cancelled");
  if (state === "done") {
    return t(counts.failed > 0 ? "admin.state.done-failures" : "admin.state.done");
  }
  if (planning) return t("admin.state.planning");
  return secondsLeft === null
    ? t("admin.state.running")
    : t("admin.state.running-left", { time: durationWords(secondsLeft) });
}

/** Renders queue, cache and costs as a row of figures. */
export function renderUsage(usage: Usage): TemplateResult {
  const { queue, cacheHitRate, gpuSeconds, gpuCost, days } = usage;
  const span = days.length === 1 ? t("admin.today") : t("admin.days", { days: days.length });
  const { running, overdue } = queue;
  return html`
    <dl class="usage-figures">
      ${renderFigure(
        t("admin.usage.queue"),
        String(queue.planned + running),
        overdue > 0
          ? t("admin.usage.queue.overdue", { running, overdue })
          : t("admin.usage.queue.note", { running }),
      )}
      ${renderFigure(t("admin.usage.dead"), String(queue.deadLetters), t("admin.usage.dead.note"))}
      ${renderFigure(
        t("admin.usage.cache"),
        cacheHitRate === null ? "–" : percent(cacheHitRate),
        t("admin.usage.cache.note", { span }),
      )}
      ${renderFigure(t("admin.usage.gpu"), durationWords(gpuSeconds), span)}
      ${renderFigure(
        t("admin.usage.cost"),
        dollars(gpuCost.amount),
        t("admin.usage.cost.note", { span }),
      )}
    </dl>
  `;
}

function renderFigure(name: string, value: string, note: string): TemplateResult {
  return html`
    <div class="usage-figure">
      <dt>${name}</dt>
      <dd class="usage-value">${value}</dd>
      <dd class="muted">${note}</dd>
    </div>
  `;
}
