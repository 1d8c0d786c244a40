import type { BatchFailure } from "@lemons/shared/contract/batch";
import { html, nothing, type TemplateResult } from "lit";
import { t } from "../texts/translate.ts";
import type { BatchJson } from "./admin-api.ts";
import { progressOf, stateWords } from "./figures.ts";

/** Input of {@link renderBatches} besides the batches. */
export interface BatchTableOptions {
  /** Id of the batch whose failures are shown, or null. */
  opened: string | null;
  failures: readonly BatchFailure[];
  onToggle(batch: string): void;
  onChange(batch: string, how: "retry" | "cancel"): void;
}

const COUNTS = ["done", "skipped", "running", "planned", "failed"] as const;

/** Renders batches with their progress and actions. */
export function renderBatches(
  batches: readonly BatchJson[],
  options: BatchTableOptions,
): TemplateResult {
  if (batches.length === 0) {
    return html`<p class="muted">${t("admin.batches.none")}</p>`;
  }
  return html`
    <ol class="batches">
      ${batches.map((batch) => renderBatch(batch, options))}
    </ol>
  `;
}

function renderBatch(batch: BatchJson, options: BatchTableOptions): TemplateResult {
  const { id, counts, createdAt } = batch;
  const isOpen = options.opened === id;
  const progress = progressOf(batch);
  return html`
    <li class="batch">
      <div class="batch-head">
        <h3>${id}</h3>
        <span class="batch-state" data-state=${counts.failed > 0 ? "failed" : batch.state}>
          ${stateWords(batch)}
        </span>
        <time class="muted" datetime=${createdAt}>${new Date(createdAt).toLocaleString()}</time>
      </div>
      <progress
        max="1"
        value=${progress ?? nothing}
        aria-label=${t("admin.batch.progress", { batch: id })}
      ></progress>
      <dl class="batch-counts">
        ${COUNTS.map(
          (name) => html`
            <div data-count=${name} data-none=${counts[name] === 0 ? "" : nothing}>
              <dt>${t(`admin.count.${name}`)}</dt>
              <dd>${counts[name]}</dd>
            </div>
          `,
        )}
      </dl>
      ${renderActions(batch, isOpen, options)}
      ${isOpen ? renderFailures(options.failures, counts.failed) : nothing}
    </li>
  `;
}

function renderActions(
  { id, state, counts }: BatchJson,
  isOpen: boolean,
  { onToggle, onChange }: BatchTableOptions,
): TemplateResult | typeof nothing {
  if (state !== "running" && counts.failed === 0) return nothing;
  return html`
    <p class="batch-actions">
      ${
        counts.failed === 0
          ? nothing
          : html`
              <button
                type="button"
                class="quiet-button"
                aria-expanded=${isOpen}
                @click=${() => onToggle(id)}
              >
                ${t(isOpen ? "admin.failures.hide" : "admin.failures.show")}
              </button>
              <button type="button" class="quiet-button" @click=${() => onChange(id, "retry")}>
                ${t("admin.batch.retry")}
              </button>
            `
      }
      ${
        state === "running"
          ? html`
              <button type="button" class="quiet-button" @click=${() => onChange(id, "cancel")}>
                ${t("admin.batch.cancel")}
              </button>
            `
          : nothing
      }
    </p>
  `;
}

function renderFailures(failures: readonly BatchFailure[], all: number): TemplateResult {
  return html`
    <ul class="batch-failures">
      ${failures.map(
        ({ item, kind, listener, track, type, reason }) => html`
          <li>
            <strong>${kind}</strong>
            ${[
              kind === "explanation" ? listener : null,
              track,
              kind === "explanation" ? type : null,
            ]
              .filter((name) => name !== null)
              .join(" · ")}
            <span class="muted">${item}</span>
            <br />${reason}
          </li>
        `,
      )}
    </ul>
    ${
      failures.length < all
        ? html`<p class="muted">${t("admin.failures.shown", { shown: failures.length, total: all })}</p>`
        : nothing
    }
  `;
}
