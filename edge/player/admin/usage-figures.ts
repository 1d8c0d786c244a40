import type { Usage } from "@lemons/shared/contract/usage";
import { html, type TemplateResult } from "lit";
import { dollars, durationWords, percent } from "./figures.ts";

/** What waits and what it cost, as a row of figures. */
export function renderUsage(usage: Usage): TemplateResult {
  const { queue, cacheHitRate, gpuSeconds, gpuCost, days } = usage;
  const span = days.length === 1 ? "today" : `${days.length} days`;
  return html`
    <dl class="usage-figures">
      ${figure(
        "Queue",
        String(queue.planned + queue.running),
        `${queue.running} in work${queue.overdue > 0 ? `, ${queue.overdue} overdue` : ""}`,
      )}
      ${figure("Messages given up", String(queue.deadLetters), "kept in dead_letters")}
      ${figure(
        "Answers from the store",
        cacheHitRate === null ? "–" : percent(cacheHitRate),
        `of all explanations asked for, ${span}`,
      )}
      ${figure("GPU time", durationWords(gpuSeconds), span)}
      ${figure("GPU cost", dollars(gpuCost.amount), `estimated, ${span}`)}
    </dl>
  `;
}

function figure(name: string, value: string, note: string): TemplateResult {
  return html`
    <div class="usage-figure">
      <dt>${name}</dt>
      <dd class="usage-value">${value}</dd>
      <dd class="muted">${note}</dd>
    </div>
  `;
}
