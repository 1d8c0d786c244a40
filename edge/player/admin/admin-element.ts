import type { BatchFailure } from "@lemons/shared/contract/batch";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { UnexpectedResponse } from "../api/expect-response.ts";
import { createDisposalScope, type DisposalScope, pause } from "../disposal-scope.ts";
import { t } from "../texts/translate.ts";
import { type AdminApi, type BatchJson, createAdminApi, type Overview } from "./admin-api.ts";
import { renderBatches } from "./batch-table.ts";
import { renderUsage } from "./figures.ts";

const STORED_KEY = "lemons-admin-key";
const BUSY_POLL_MS = 2000;
const IDLE_POLL_MS = 15_000;

/** Returns true if the server refuses the key. */
function isKeyRefused(error: unknown): boolean {
  return error instanceof UnexpectedResponse && (error.status === 401 || error.status === 403);
}

/** The admin page: batches, failures and usage. It asks for a key with the scope `admin`. */
export class LemonsAdmin extends LitElement {
  static override properties = {
    overview: { state: true },
    fault: { state: true },
    opened: { state: true },
    failures: { state: true },
    isSignedIn: { state: true },
  };
  declare overview: Overview | null;
  declare fault: string | null;
  /** Id of the batch whose failures are shown, or null. */
  declare opened: string | null;
  declare failures: BatchFailure[];
  declare isSignedIn: boolean;

  #scope: DisposalScope = createDisposalScope();
  #api: AdminApi | null = null;

  constructor() {
    super();
    this.overview = null;
    this.fault = null;
    this.opened = null;
    this.failures = [];
    this.isSignedIn = false;
  }

  /** Renders into the page, whose style sheet applies. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const key = sessionStorage.getItem(STORED_KEY);
    if (key !== null) this.#signIn(key);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#scope.dispose();
  }

  #signIn(key: string): void {
    this.#scope.dispose();
    this.#scope = createDisposalScope();
    sessionStorage.setItem(STORED_KEY, key);
    this.#api = createAdminApi(key);
    this.isSignedIn = true;
    void this.#watch(this.#api, this.#scope.signal);
  }

  #signOut(fault: string | null): void {
    this.#scope.dispose();
    sessionStorage.removeItem(STORED_KEY);
    this.#api = null;
    this.isSignedIn = false;
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
    await this.#attempt(async () => {
      this.overview = await api.overview(signal);
      if (this.opened !== null) {
        this.failures = (await api.failures(this.opened, signal)).failures;
      }
    }, signal);
  }

  /** Runs a request and shows its error; a refused key leads back to the form. */
  async #attempt(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await work();
      this.fault = null;
    } catch (error) {
      if (signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      if (isKeyRefused(error)) this.#signOut(reason);
      else this.fault = reason;
    }
  }

  async #send(work: (api: AdminApi) => Promise<BatchJson>): Promise<void> {
    const api = this.#api;
    if (api === null) return;
    const { signal } = this.#scope;
    await this.#attempt(async () => {
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
    if (typeof key === "string" && key.trim() !== "") this.#signIn(key.trim());
  }

  override render(): TemplateResult {
    const fault =
      this.fault === null ? nothing : html`<p class="failure" role="alert">${this.fault}</p>`;
    if (!this.isSignedIn) return html`${fault}${this.#renderKeyForm()}`;
    if (this.overview === null) {
      return html`${fault}<p class="muted" role="status">${t("admin.loading")}</p>`;
    }
    const { usage, batches } = this.overview;
    return html`
      ${fault}
      ${renderUsage(usage)}
      <section class="section" aria-labelledby="batches">
        <div class="admin-bar">
          <h2 id="batches">${t("admin.batches")}</h2>
          <button
            type="button"
            class="button"
            @click=${() => this.#send((api) => api.start())}
          >
            ${t("admin.batches.start")}
          </button>
        </div>
        ${renderBatches(batches, {
          opened: this.opened,
          failures: this.failures,
          onToggle: (batch) => void this.#toggle(batch),
          onChange: (batch, how) => void this.#send((api) => api.change(batch, how)),
        })}
      </section>
      <p class="section">
        <button type="button" class="quiet-button" @click=${() => this.#signOut(null)}>
          ${t("admin.key.forget")}
        </button>
      </p>
    `;
  }

  #renderKeyForm(): TemplateResult {
    return html`
      <form class="admin-key" @submit=${(event: SubmitEvent) => this.#onSubmit(event)}>
        <label for="admin-key">${t("admin.key")}</label>
        <input
          id="admin-key"
          name="key"
          type="password"
          autocomplete="off"
          spellcheck="false"
          required
        />
        <button type="submit" class="button">${t("admin.key.enter")}</button>
        <p class="muted">${t("admin.key.hint")}</p>
      </form>
    `;
  }
}

customElements.define("lemons-admin", LemonsAdmin);
