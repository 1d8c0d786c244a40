import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { createExplanationApi } from "../api/explanation-api.ts";
import { createDisposalScope, type DisposalScope } from "../disposal-scope.ts";
import { t } from "../texts/translate.ts";
import {
  countWords,
  createExplanationFlow,
  type ExplanationFlow,
  phaseWords,
} from "./explanation-flow.ts";
import { swapRegions } from "./swap-regions.ts";

/**
 * Requests an explanation that isn't stored yet, shows its progress, and replaces itself by the result
 * that the server renders.
 *
 * @attr listener, track, type - the requested explanation
 * @attr regions - ids of the elements that the server renders again once the explanation is ready
 * @attr running - follows a job that runs already, without a click
 */
export class LemonsExplanation extends LitElement {
  static override properties = {
    listener: {},
    track: {},
    type: {},
    regions: {},
    running: { type: Boolean },
    swapFailure: { state: true },
  };
  declare listener: string;
  declare track: string;
  declare type: ExplanationType;
  declare regions: string;
  declare running: boolean;
  declare swapFailure: string | null;

  #scope: DisposalScope = createDisposalScope();
  #flow: ExplanationFlow | null = null;

  constructor() {
    super();
    this.swapFailure = null;
  }

  /** Renders into the page, whose style sheet applies. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#scope = createDisposalScope();
    const query = { listener: this.listener, track: this.track, type: this.type };
    this.#flow = createExplanationFlow(createExplanationApi(query), this.#scope.signal);
    this.#scope.add(
      this.#flow.store.subscribe(({ kind }) => {
        this.requestUpdate();
        if (kind === "ready") void this.#showResult();
      }),
    );
    if (this.running) void this.#flow.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#scope.dispose();
  }

  async #showResult(): Promise<void> {
    this.swapFailure = null;
    try {
      await swapRegions(this.regions.split(" "), this.#scope.signal);
      // The focused button is gone, so the focus moves on to the result.
      document.querySelector<HTMLElement>("[data-answer]")?.focus({ preventScroll: true });
    } catch (error) {
      if (this.#scope.signal.aborted) return;
      this.swapFailure = error instanceof Error ? error.message : t("problem.unknown");
    }
  }

  override render(): TemplateResult {
    const state = this.#flow?.store.get() ?? { kind: "idle" as const };
    if (this.swapFailure !== null) {
      return this.#renderFailure(t("explanation.unseen"), this.swapFailure, () => {
        void this.#showResult();
      });
    }
    switch (state.kind) {
      case "idle":
        return html`
          <p class="ask">
            <button type="button" class="button" @click=${() => this.#start()}>
              ${t("explanation.start")}
            </button>
            <span class="hint">${t("explanation.hint")}</span>
          </p>
        `;
      case "starting":
        return this.#renderProgress(t("explanation.starting"), 0);
      case "running": {
        const { attempt, fraction, progress, reason } = state;
        const note = reason === null ? null : t("explanation.attempt", { attempt, reason });
        return this.#renderProgress(phaseWords(progress), fraction, countWords(progress), note);
      }
      case "ready":
        return this.#renderProgress(t("explanation.ready"), 1);
      case "failed":
        return this.#renderFailure(t("explanation.failed"), state.reason, () => this.#start());
    }
  }

  #start(): void {
    void this.#flow?.start();
    this.updateComplete.then(() => this.querySelector("progress")?.focus()).catch(reportError);
  }

  #renderProgress(
    words: string,
    fraction: number,
    count: string | null = null,
    note: string | null = null,
  ): TemplateResult {
    return html`
      <div class="progress">
        <p>
          <span role="status">${words}</span>
          ${count === null ? nothing : html`<span class="count">${count}</span>`}
        </p>
        <progress
          tabindex="-1"
          max="1"
          value=${fraction}
          aria-label=${t("explanation.progress")}
        ></progress>
        ${note === null ? nothing : html`<p class="muted">${note}</p>`}
      </div>
    `;
  }

  #renderFailure(title: string, reason: string, retry: () => void): TemplateResult {
    return html`
      <div class="failure">
        <div role="alert">
          <p><strong>${title}</strong></p>
          <p>${reason}</p>
        </div>
        <button type="button" class="button" @click=${retry}>${t("explanation.retry")}</button>
      </div>
    `;
  }
}

customElements.define("lemons-explanation", LemonsExplanation);
