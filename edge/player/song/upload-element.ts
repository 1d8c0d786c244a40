import { html, nothing, render, type TemplateResult } from "lit";
import { createDisposalScope, type DisposalScope } from "../disposal-scope.ts";
import { describeError, type Message, MessageError, t } from "../texts/translate.ts";
import { type Song, sendSong } from "./send-song.ts";
import { inMegabytes } from "./song-file.ts";
import { createUploadFlow, type UploadFlow, type UploadState } from "./upload-flow.ts";

/**
 * Enhances the server's upload form: takes a file by choice, by drop or from the catalogue, uploads it
 * with progress, and opens the page of the song.
 *
 * @attr data-max-bytes - upload limit of the server
 */
export class LemonsUpload extends HTMLElement {
  #scope: DisposalScope = createDisposalScope();
  #flow: UploadFlow | null = null;
  #file: { file: Blob; name: string } | null = null;
  #problem: Message | null = null;

  connectedCallback(): void {
    this.#scope = createDisposalScope();
    const scope = this.#scope;
    const flow = createUploadFlow(sendSong, Number(this.dataset.maxBytes), scope.signal);
    this.#flow = flow;
    scope.add(flow.store.subscribe((state) => this.#show(state)));
    scope.listen(this.#part("form"), "submit", (event) => {
      event.preventDefault();
      void this.#send(flow);
    });
    const file = this.#part<HTMLInputElement>("#song-file");
    const takeChosen = () => {
      const [chosen] = file.files ?? [];
      if (chosen !== undefined) this.#choose(chosen, chosen.name);
    };
    scope.listen(file, "change", takeChosen);
    const example = this.querySelector<HTMLButtonElement>("[data-example]");
    if (example !== null) scope.listen(example, "click", () => void this.#takeExample(example));
    this.#acceptDrops(scope);
    // Restored by the back button after the upload: start over.
    scope.listen<PageTransitionEvent>(window, "pageshow", ({ persisted }) => {
      if (persisted) flow.reset();
    });
    this.#show(flow.store.get());
    // The file may have been chosen before this script loaded, or restored by the browser.
    takeChosen();
  }

  disconnectedCallback(): void {
    this.#scope.dispose();
  }

  #part<Part extends HTMLElement>(selector: string): Part {
    const part = this.querySelector<Part>(selector);
    if (part === null) throw new Error(`The upload form lacks ${selector}`);
    return part;
  }

  #acceptDrops(scope: DisposalScope): void {
    const zone = this.#part(".drop-zone");
    const over = (isOver: boolean) => zone.toggleAttribute("data-over", isOver);
    scope.listen<DragEvent>(zone, "dragover", (event) => {
      event.preventDefault();
      over(true);
    });
    scope.listen(zone, "dragleave", () => over(false));
    scope.listen<DragEvent>(zone, "drop", (event) => {
      event.preventDefault();
      over(false);
      const [dropped] = event.dataTransfer?.files ?? [];
      if (dropped !== undefined && !this.#isBusy()) this.#choose(dropped, dropped.name);
    });
    // Outside the drop zone, a dropped file would replace the page.
    for (const type of ["dragover", "drop"]) {
      scope.listen(window, type, (event) => event.preventDefault());
    }
  }

  #choose(file: Blob, name: string, texts: Partial<Record<"title" | "artist", string>> = {}): void {
    this.#file = { file, name };
    this.#problem = null;
    const chosen = this.#part<HTMLOutputElement>(".drop-chosen");
    chosen.hidden = false;
    chosen.value = t("song.chosen", { name, size: inMegabytes(file.size) });
    this.#part(".drop-hint").hidden = true;
    this.#text("title").value = texts.title ?? name.replace(/\.[A-Za-z0-9]{1,5}$/, "");
    this.#text("artist").value = texts.artist ?? "";
    this.#flow?.reset();
    this.#show({ kind: "idle" });
  }

  #text(name: "title" | "artist"): HTMLInputElement {
    return this.#part<HTMLInputElement>(`input[name=${name}]`);
  }

  async #takeExample(button: HTMLButtonElement): Promise<void> {
    const { example = "", title = "", artist = "" } = button.dataset;
    button.disabled = true;
    try {
      const response = await fetch(example, { signal: this.#scope.signal });
      if (!response.ok) throw new MessageError("problem.status", { status: response.status });
      this.#choose(await response.blob(), title, { title, artist });
    } catch (error) {
      if (this.#scope.signal.aborted) return;
      this.#problem =
        error instanceof MessageError ? describeError(error) : { key: "problem.network" };
      this.#show({ kind: "idle" });
    } finally {
      button.disabled = false;
    }
  }

  #isBusy(): boolean {
    const { kind } = this.#flow!.store.get();
    return kind === "sending" || kind === "storing" || kind === "done";
  }

  async #send(flow: UploadFlow): Promise<void> {
    this.#problem = null;
    const song: Song | null = this.#file && {
      file: this.#file.file,
      title: this.#text("title").value.trim(),
      artist: this.#text("artist").value.trim(),
    };
    await flow.start(song);
    const state = flow.store.get();
    if (state.kind === "done") {
      const listener = new FormData(this.#part<HTMLFormElement>("form")).get("listener");
      location.assign(`/song/${state.track}/${String(listener)}`);
    } else if (state.kind === "failed" && song === null) {
      this.#part("#song-file").focus();
    }
  }

  #show(state: UploadState): void {
    const isBusy = this.#isBusy();
    // Lock the form, because the chosen file and texts are being sent.
    for (const control of this.querySelectorAll<HTMLInputElement | HTMLButtonElement>(
      ".song-form input:not([type=radio]), .song-form .link, .song-form [type=submit]",
    )) {
      control.disabled = isBusy;
    }
    this.#part(".drop-zone").toggleAttribute("data-busy", isBusy);
    const failed: UploadState | null = this.#problem && { kind: "failed", problem: this.#problem };
    render(this.#status(failed ?? state), this.#part(".song-status"));
  }

  #status(state: UploadState): TemplateResult | typeof nothing {
    switch (state.kind) {
      case "idle":
        return nothing;
      case "sending": {
        const { sent, total } = state;
        const words = t("song.sending", { sent: inMegabytes(sent), total: inMegabytes(total) });
        return this.#progress(words, sent / total);
      }
      case "storing":
        return this.#progress(t("song.storing"), 1);
      case "done":
        return this.#progress(t("song.done"), 1);
      case "cancelled":
        return html`<p role="status">${t("song.cancelled")}</p>`;
      case "failed": {
        const { key, values } = state.problem;
        return html`<p class="fault" role="alert">${t(key, values)}</p>`;
      }
    }
  }

  /** Renders progress without a live region, which would announce every chunk. */
  #progress(words: string, fraction: number): TemplateResult {
    return html`
      <div class="progress">
        <p>${words}</p>
        <button type="button" class="quiet" @click=${() => this.#flow?.cancel()}>
          ${t("song.cancel")}
        </button>
        <progress max="1" value=${fraction} aria-label=${t("song.progress")}></progress>
      </div>
    `;
  }
}

customElements.define("lemons-upload", LemonsUpload);
