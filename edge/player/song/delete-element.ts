import type { Removal } from "@lemons/shared/contract/track";
import { html, LitElement, render, type TemplateResult } from "lit";
import { createClient } from "../../client.ts";
import { expectResponse } from "../api/expect-response.ts";
import { describeError, type Message, t } from "../texts/translate.ts";

type Deleting = { kind: "idle" | "confirming" | "deleting" } | { kind: "failed"; problem: Message };

/**
 * Deletes an uploaded song and its results after a confirmation, then replaces the element around it
 * with `[data-song]` by a note of what was deleted.
 *
 * @attr track - id of the song
 * @attr label - title of the song
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

  /** Renders into the page, whose style sheet applies. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    // Replace the placeholder that the server has rendered.
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
          @click=${() => this.#turn("confirming", ".sure")}
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

  #turn(kind: "idle" | "confirming", focused: string): void {
    this.state = { kind };
    this.updateComplete
      .then(() => this.querySelector<HTMLElement>(focused)?.focus())
      .catch(reportError);
  }

  async #delete(): Promise<void> {
    this.state = { kind: "deleting" };
    try {
      this.#showRemoval(await removeSong(this.track));
    } catch (error) {
      this.state = { kind: "failed", problem: describeError(error) };
    }
  }

  /** Replaces the song by a note. The address of the song's own page would lead nowhere. */
  #showRemoval({ removed }: Removal): void {
    const around = this.closest<HTMLElement>("[data-song]");
    if (around === null) return;
    const words = t(removed.audio ? "song.deleted" : "song.deleted.shared", {
      ...{ title: this.label, explanations: removed.explanations, tables: removed.tables },
    });
    const isPage = around.querySelector("h1") !== null;
    if (isPage) history.replaceState(null, "", "/song");
    const note = document.createElement("div");
    render(
      html`
        ${isPage ? html`<h1>${t("song.deleted.title")}</h1>` : ""}
        <p>${words}</p>
        ${isPage ? html`<p><a class="button" href="/song">${t("song.another")}</a></p>` : ""}
      `,
      note,
    );
    note.className = "song-deleted";
    note.tabIndex = -1;
    around.replaceChildren(note);
    note.focus();
  }
}

async function removeSong(track: string): Promise<Removal> {
  const { tracks } = createClient(location.origin).v1;
  const response = tracks[":track"].$delete({ param: { track } });
  return (await expectResponse(response, [200])).json();
}

customElements.define("lemons-delete-song", LemonsDeleteSong);
