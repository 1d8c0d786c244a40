import {
  DEFAULT_HEIGHT,
  DEFAULT_WIDTH,
  frameCode,
  scriptCode,
} from "@lemons/shared/display/embed-code";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { LemonsPlayer } from "../component/lemons-player.ts";
import type { TextKey } from "../texts/english.ts";
import {
  describeError,
  type Language,
  languageOf,
  type Message,
  messageText,
  t,
} from "../texts/translate.ts";
import { type LinkLifetime, makeLink } from "./make-link.ts";

type Kind = "iframe" | "script" | "link";
const KINDS: readonly Kind[] = ["iframe", "script", "link"];
const COPIED_SHOWN_MS = 2000;

/** State of the signed link that private explanations need. */
type LinkState =
  | { kind: "open" | "making" }
  | { kind: "made"; query: string; expiresAt: Date | null }
  | { kind: "failed"; problem: Message };

/**
 * A button that opens a dialog to share or embed the player around it: code for an iframe and a script,
 * a link, each with the current selection, and a preview.
 *
 * @attr private - the explanation is private, so the codes contain a signed link that expires
 */
export class LemonsEmbed extends LitElement {
  static override properties = {
    isPrivate: { type: Boolean, attribute: "private" },
    open: { state: true },
    theme: { state: true },
    copied: { state: true },
    linking: { state: true },
  };
  declare isPrivate: boolean;
  declare linking: LinkState;
  declare open: boolean;
  declare theme: "" | "light" | "dark";
  declare copied: Kind | null;

  #copiedTimer = 0;
  #request: AbortController | null = null;

  constructor() {
    super();
    this.isPrivate = false;
    this.linking = { kind: "open" };
    this.open = false;
    this.theme = "";
    this.copied = null;
  }

  /** Renders into the page, whose style sheet applies. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#copiedTimer);
    this.#request?.abort();
  }

  get #player(): LemonsPlayer | null {
    return this.closest("lemons-player");
  }

  get #language(): Language {
    return languageOf(this.closest<HTMLElement>("[lang]")?.lang);
  }

  #t(key: TextKey, values: Message["values"] = {}): string {
    return t(key, values, this.#language);
  }

  async #show(): Promise<void> {
    this.open = true;
    const link = this.#player?.link ?? null;
    if (this.isPrivate) void this.#makeLink("kept");
    else
      this.linking =
        link === null ? { kind: "open" } : { kind: "made", query: link, expiresAt: null };
    await this.updateComplete;
    this.querySelector("dialog")?.showModal();
  }

  async #makeLink(lifetime: LinkLifetime): Promise<void> {
    this.#request?.abort();
    const controller = new AbortController();
    this.#request = controller;
    this.linking = { kind: "making" };
    const { signal } = controller;
    try {
      const { query, expiresAt } = await makeLink(this.#player?.shown?.id ?? "", lifetime, signal);
      this.linking = { kind: "made", query, expiresAt: new Date(expiresAt) };
    } catch (error) {
      if (!signal.aborted) this.linking = { kind: "failed", problem: describeError(error) };
    }
  }

  /** Returns the codes to paste for the current state of the player. */
  #codes(player: LemonsPlayer, query: string | null): Record<Kind, string> & { frame: string } {
    const shown = player.shown!;
    const frame = new URL(`/embed/${shown.id}`, player.service);
    const link = new URL(`/e/${shown.id}`, player.service);
    frame.search = query ?? "";
    link.search = query ?? "";
    const { shownView } = player;
    const isWhole = player.relevance === shown.relevance;
    if (shownView !== shown.type) frame.searchParams.set("type", shownView);
    if (!isWhole) frame.searchParams.set("parts", player.selection);
    if (this.theme !== "") frame.searchParams.set("theme", this.theme);
    const state = [
      ...(shownView === shown.type ? [] : [`view=${shownView}`]),
      ...(isWhole ? [] : [`parts=${player.selection}`]),
    ];
    link.hash = state.join("&");
    const size = { width: DEFAULT_WIDTH, height: DEFAULT_HEIGHT };
    return {
      frame: frame.href,
      iframe: frameCode(frame.href, "LEMONS", size),
      script: scriptCode(player.service, shown.id, query),
      link: link.href,
    };
  }

  async #copy(kind: Kind, text: string): Promise<void> {
    const field = this.querySelector<HTMLTextAreaElement>(`textarea[data-kind="${kind}"]`);
    field?.select();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without clipboard permission the user can copy the selected text by hand.
      return;
    }
    this.copied = kind;
    clearTimeout(this.#copiedTimer);
    this.#copiedTimer = window.setTimeout(() => {
      this.copied = null;
    }, COPIED_SHOWN_MS);
  }

  override render(): TemplateResult {
    const player = this.#player;
    return html`
      <button type="button" class="embed-open" @click=${() => void this.#show()}>
        ${this.#t("embed.open")}
      </button>
      ${this.open && player?.shown ? this.#renderDialog(player) : nothing}
    `;
  }

  #renderDialog(player: LemonsPlayer): TemplateResult {
    const { linking } = this;
    return html`
      <dialog
        class="embed-dialog"
        aria-labelledby="embed-title"
        @close=${() => {
          this.open = false;
        }}
        @keydown=${(event: Event) => event.stopPropagation()}
      >
        <h2 id="embed-title">${this.#t("embed.title")}</h2>
        ${this.isPrivate ? this.#renderLinking(linking) : nothing}
        ${
          linking.kind === "open" || linking.kind === "made"
            ? this.#renderCodes(this.#codes(player, linking.kind === "made" ? linking.query : null))
            : nothing
        }
        <form method="dialog"><button class="embed-close">${this.#t("help.close")}</button></form>
        <span class="visually-hidden" role="status">
          ${this.copied === null ? nothing : this.#t("embed.copied")}
        </span>
      </dialog>
    `;
  }

  /** Renders who can open the link, and its lifetime. */
  #renderLinking(linking: LinkState): TemplateResult {
    const until = linking.kind === "made" ? linking.expiresAt : null;
    const tag = this.#language === "en" ? "en-GB" : this.#language;
    const date = new Intl.DateTimeFormat(tag, { dateStyle: "long", timeStyle: "short" });
    return html`
      <div class="embed-private">
        <p>${this.#t("embed.private")}</p>
        <label>
          ${this.#t("embed.lifetime")}
          <select
            @change=${(event: Event) =>
              void this.#makeLink((event.target as HTMLSelectElement).value as LinkLifetime)}
          >
            <option value="kept">${this.#t("embed.lifetime.kept")}</option>
            <option value="hour">${this.#t("embed.lifetime.hour")}</option>
          </select>
        </label>
        ${
          linking.kind === "failed"
            ? html`<p role="alert">${messageText(linking.problem, this.#language)}</p>`
            : html`<p role="status">${
                until === null
                  ? this.#t("embed.making")
                  : this.#t("embed.until", { date: date.format(until) })
              }</p>`
        }
      </div>
    `;
  }

  #renderCodes(codes: Record<Kind, string> & { frame: string }): TemplateResult {
    return html`
        <label class="embed-theme">
          ${this.#t("embed.theme")}
          <select
            @change=${(event: Event) => {
              this.theme = (event.target as HTMLSelectElement).value as typeof this.theme;
            }}
          >
            <option value="">${this.#t("embed.theme.reader")}</option>
            <option value="light">${this.#t("embed.theme.light")}</option>
            <option value="dark">${this.#t("embed.theme.dark")}</option>
          </select>
        </label>
        ${KINDS.map(
          (kind) => html`
            <div class="embed-code">
              <label>
                ${this.#t(`embed.${kind}`)}
                <textarea readonly rows="2" data-kind=${kind} .value=${codes[kind]}></textarea>
              </label>
              <button type="button" class="button" @click=${() => void this.#copy(kind, codes[kind])}>
                ${this.#t(this.copied === kind ? "embed.copied" : "embed.copy")}
              </button>
            </div>
          `,
        )}
        ${
          new URL(codes.frame).origin === location.origin
            ? html`<iframe
                class="embed-preview"
                src=${codes.frame}
                title=${this.#t("embed.preview")}
                loading="lazy"
              ></iframe>`
            : nothing
        }
    `;
  }
}

customElements.define("lemons-embed", LemonsEmbed);
