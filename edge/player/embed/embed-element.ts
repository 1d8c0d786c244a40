import { html, LitElement, nothing, type TemplateResult } from "lit";
import {
  DEFAULT_HEIGHT,
  DEFAULT_WIDTH,
  frameCode,
  scriptCode,
} from "../../embedding/embed-code.ts";
import type { LemonsPlayer } from "../component/lemons-player.ts";
import { type Language, languageOf, t } from "../words.ts";
import type { WordKey } from "../words-english.ts";

type Kind = "iframe" | "script" | "link";
const KINDS: readonly Kind[] = ["iframe", "script", "link"];
const SAID_FOR_MS = 2000;

/**
 * A button that opens a dialog with what to paste to show the player beside it elsewhere: an iframe, a
 * script or a link, each with the selection of the moment, and a preview.
 */
export class LemonsEmbed extends LitElement {
  static override properties = {
    open: { state: true },
    theme: { state: true },
    copied: { state: true },
  };
  declare open: boolean;
  declare theme: "" | "light" | "dark";
  declare copied: Kind | null;

  #forget = 0;

  constructor() {
    super();
    this.open = false;
    this.theme = "";
    this.copied = null;
  }

  /** The page's own style sheet dresses it: it is part of the page, not a widget on it. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#forget);
  }

  get #player(): LemonsPlayer | null {
    return this.closest("lemons-player");
  }

  get #language(): Language {
    return languageOf(this.closest<HTMLElement>("[lang]")?.lang);
  }

  #t(key: WordKey): string {
    return t(key, {}, this.#language);
  }

  async #show(): Promise<void> {
    this.open = true;
    await this.updateComplete;
    this.querySelector("dialog")?.showModal();
  }

  /** What is to be pasted, as the player is at this moment. */
  #codes(player: LemonsPlayer): Record<Kind, string> & { frame: string } {
    const shown = player.shown!;
    const frame = new URL(`/embed/${shown.id}`, player.service);
    const link = new URL(`/e/${shown.id}`, player.service);
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
      script: scriptCode(player.service, shown.id),
      link: link.href,
    };
  }

  async #copy(kind: Kind, text: string): Promise<void> {
    const field = this.querySelector<HTMLTextAreaElement>(`textarea[data-kind="${kind}"]`);
    field?.select();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without leave to write there, the selected text can still be copied by hand.
      return;
    }
    this.copied = kind;
    clearTimeout(this.#forget);
    this.#forget = window.setTimeout(() => {
      this.copied = null;
    }, SAID_FOR_MS);
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
    const codes = this.#codes(player);
    const { origin } = location;
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
          new URL(codes.frame).origin === origin
            ? html`<iframe
                class="embed-preview"
                src=${codes.frame}
                title=${this.#t("embed.preview")}
                loading="lazy"
              ></iframe>`
            : nothing
        }
        <form method="dialog"><button class="embed-close">${this.#t("help.close")}</button></form>
        <span class="visually-hidden" role="status">
          ${this.copied === null ? nothing : this.#t("embed.copied")}
        </span>
      </dialog>
    `;
  }
}

customElements.define("lemons-embed", LemonsEmbed);
