import type { BatchFailure } from "@lemons/shared/contract/batch";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { UnexpectedResponse } from "../api/expect-response.ts";
import { createDisposalScope, type DisposalScope } from "../disposal-scope.ts";
import { pause } from "../pause.ts";
import { type AdminApi, type Batch, createAdminApi, type Overview } from "./admin-api.ts";
import { renderBatches } from "./batch-table.ts";
import { renderUsage } from "./usage-figures.ts";

const STORED_KEY = "lemons-admin-key";
const BUSY_POLL_MS = 2000;
const IDLE_POLL_MS = 15_000;

/** A key that is not enough, or none any more. */
function isKeyRefused(error: unknown): boolean {
  return error instanceof UnexpectedResponse && (error.status === 401 || error.status === 403);
}

/** Batches, failures and usage, for whoever has a key with the scope admin. */
export class LemonsAdmin extends LitElement {
  static override properties = {
    overview: { state: true },
    fault: { state: true },
    opened: { state: true },
    failures: { state: true },
    isKnown: { state: true },
  };
  declare overview: Overview | null;
  declare fault: string | null;
  /** The batch whose failures are shown. */
  declare opened: string | null;
  declare failures: BatchFailure[];
  declare isKnown: boolean;

  #scope: DisposalScope = createDisposalScope();
  #api: AdminApi | null = null;

  constructor() {
    super();
    this.overview = null;
    this.fault = null;
    this.opened = null;
    this.failures = [];
    this.isKnown = false;
  }

  /** The page's own style sheet dresses it. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const key = sessionStorage.getItem(STORED_KEY);
    if (key !== null) this.#enter(key);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#scope.dispose();
  }

  #enter(key: string): void {
    this.#scope.dispose();
    this.#scope = createDisposalScope();
    sessionStorage.setItem(STORED_KEY, key);
    this.#api = createAdminApi(key);
    this.isKnown = true;
    void this.#watch(this.#api, this.#scope.signal);
  }

  #leave(fault: string | null): void {
    this.#scope.dispose();
    sessionStorage.removeItem(STORED_KEY);
    this.#api = null;
    this.isKnown = false;
    this.overview = null;
    this.opened = null;
    this.fault = fault;
  }

  async #watch(api: AdminApi, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (document.visibilityState === "visible") await this.#refresh(api, signal);
      const isBusy = this.overview?.batches.some(({ state }) => state === "running") ?? false;
      await pause(isBusy ? BUSY_POLL_MS : IDLE_POLL_MS, signal).catch(() => {});
    }
  }

  async #refresh(api: AdminApi, signal: AbortSignal): Promise<void> {
    await this.#trying(async () => {
      this.overview = await api.overview(signal);
      if (this.opened !== null) {
        this.failures = (await api.failures(this.opened, signal)).failures;
      }
    }, signal);
  }

  /** Shows what goes wrong; a key that is refused is asked for again. */
  async #trying(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await work();
      this.fault = null;
    } catch (error) {
      if (signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      if (isKeyRefused(error)) this.#leave(reason);
      else this.fault = reason;
    }
  }

  async #order(work: (api: AdminApi) => Promise<Batch>): Promise<void> {
    const api = this.#api;
    if (api === null) return;
    const { signal } = this.#scope;
    await this.#trying(async () => {
      await work(api);
    }, signal);
    await this.#refresh(api, signal);
  }

  async #toggle(batch: string): Promise<void> {
    this.failures = [];
    this.opened = this.opened === batch ? null : batch;
    if (this.#api !== null) await this.#refresh(this.#api, this.#scope.signal);
  }

  #onSubmit(event: SubmitEvent): void {
    event.preventDefault();
    const key = new FormData(event.target as HTMLFormElement).get("key");
    if (typeof key === "string" && key.trim() !== "") this.#enter(key.trim());
  }

  override render(): TemplateResult {
    const fault =
      this.fault === null ? nothing : html`<p class="failure" role="alert">${this.fault}</p>`;
    if (!this.isKnown) return html`${fault}${this.#renderKeyForm()}`;
    if (this.overview === null) {
      return html`${fault}<p class="muted" role="status">Asking how things stand …</p>`;
    }
    const { usage, batches } = this.overview;
    return html`
      ${fault}
      ${renderUsage(usage)}
      <section class="section" aria-labelledby="batches">
        <div class="admin-bar">
          <h2 id="batches">Batches</h2>
          <button
            type="button"
            class="button"
            @click=${() => this.#order((api) => api.begin())}
          >
            Compute what is stale
          </button>
        </div>
        ${renderBatches(batches, {
          opened: this.opened,
          failures: this.failures,
          onToggle: (batch) => void this.#toggle(batch),
          onChange: (batch, how) => void this.#order((api) => api.change(batch, how)),
        })}
      </section>
      <p class="section">
        <button type="button" class="quiet-button" @click=${() => this.#leave(null)}>
          Forget the key
        </button>
      </p>
    `;
  }

  #renderKeyForm(): TemplateResult {
    return html`
      <form class="admin-key" @submit=${(event: SubmitEvent) => this.#onSubmit(event)}>
        <label for="admin-key">API key with the scope <code>admin</code></label>
        <input
          id="admin-key"
          name="key"
          type="password"
          autocomplete="off"
          spellcheck="false"
          required
        />
        <button type="submit" class="button">Enter</button>
        <p class="muted">
          <code>lemons keys create --name me --scope admin</code> makes one. It stays in this tab, and
          is forgotten with it.
        </p>
      </form>
    `;
  }
}

customElements.define("lemons-admin", LemonsAdmin);
