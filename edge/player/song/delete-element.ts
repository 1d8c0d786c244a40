import type { Removal } from "@lemons/shared/contract/track";
import { html, LitElement, render, type TemplateResult } from "lit";
import { createClient } from "../../client.ts";
import { expectAnswer } from "../answer.ts";
import { problemOf, t, type Worded } from "../words.ts";

type Deleting = { kind: "idle" | "asking" | "deleting" } | { kind: "failed"; problem: Worded };

/**
 * Deletes a song of one's own and everything made of it, after asking; then says what was removed, in
 * the place of whatever showed the song (`[data-song]` around it).
 *
 * @attr track - id of the song
 * @attr label - its title
 */
export class LemonsDeleteSong extends LitElement {
  static override properties = { track: {}, label: {}, state: { state: true } };
  declare track: string;
  declare label: string;
  declare state: Deleting;

  constructor() {
    super();
    this.track = "";
    this.label = "";
    this.state = { kind: "idle" };
  }

  /** The page's own style sheet dresses it: it is part of the page, not a widget on it. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    // What the server has written keeps the place until now.
    if (!this.hasUpdated) this.replaceChildren();
    super.connectedCallback();
  }

  override render(): TemplateResult {
    const { state } = this;
    if (state.kind === "idle") {
      return html`
        <button
          type="button"
          class="quiet"
          @click=${() => this.#turn("asking", ".sure")}
        >
          ${t("song.delete")}<span class="visually-hidden"> “${this.label}”</span>
        </button>
      `;
    }
    const isBusy = state.kind === "deleting";
    return html`
      <span class="delete-question" role="group" aria-label=${t("song.delete.sure")}>
        <span role="status">${
          state.kind === "failed"
            ? t(state.problem.key, state.problem.values)
            : t(isBusy ? "song.deleting" : "song.delete.sure")
        }</span>
        <button type="button" class="quiet sure" ?disabled=${isBusy} @click=${() => void this.#delete()}>
          ${t("song.delete.yes")}
        </button>
        <button
          type="button"
          class="quiet"
          ?disabled=${isBusy}
          @click=${() => this.#turn("idle", "button")}
        >
          ${t("song.delete.no")}
        </button>
      </span>
    `;
  }

  #turn(kind: "idle" | "asking", focused: string): void {
    this.state = { kind };
    this.updateComplete
      .then(() => this.querySelector<HTMLElement>(focused)?.focus())
      .catch(reportError);
  }

  async #delete(): Promise<void> {
    this.state = { kind: "deleting" };
    try {
      this.#say(await removeSong(this.track));
    } catch (error) {
      this.state = { kind: "failed", problem: problemOf(error) };
    }
  }

  /** What it was part of goes; the address of a page that shows the song alone leads nowhere then. */
  #say({ removed }: Removal): void {
    const around = this.closest<HTMLElement>("[data-song]");
    if (around === null) return;
    const words = t(removed.audio ? "song.deleted" : "song.deleted.shared", {
      ...{ title: this.label, explanations: removed.explanations, tables: removed.tables },
    });
    const isPage = around.querySelector("h1") !== null;
    if (isPage) history.replaceState(null, "", "/song");
    const said = document.createElement("div");
    render(
      html`
        ${isPage ? html`<h1>${t("song.deleted.title")}</h1>` : ""}
        <p>${words}</p>
        ${isPage ? html`<p><a class="button" href="/song">${t("song.another")}</a></p>` : ""}
      `,
      said,
    );
    said.className = "song-deleted";
    said.tabIndex = -1;
    around.replaceChildren(said);
    said.focus();
  }
}

async function removeSong(track: string): Promise<Removal> {
  const { tracks } = createClient(location.origin).v1;
  const asking = tracks[":track"].$delete({ param: { track } });
  return (await expectAnswer(asking, [200])).json();
}

customElements.define("lemons-delete-song", LemonsDeleteSong);
