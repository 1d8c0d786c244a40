import { html, LitElement, nothing, svg, type TemplateResult } from "lit";
import { createDisposalScope, type DisposalScope } from "../disposal-scope.ts";
import { claimSound, releaseSound } from "../sound/now-playing.ts";
import { condensePeaks, waveformPath } from "../sound/waveform.ts";
import { clockTime } from "../texts/locale.ts";
import { t } from "../texts/translate.ts";
import { audioStyles } from "./audio-styles.ts";

const PIXELS_PER_BAR = 4;
const SILENCE: readonly number[] = new Array<number>(400).fill(0);
const SMALL_STEP_SECONDS = 1;
const LARGE_STEP_SECONDS = 5;

const PLAY_ICON = svg`<path d="M7 4.5v15l12-7.5z"/>`;
const PAUSE_ICON = svg`<path d="M6 4.5h4v15H6zM14 4.5h4v15h-4z"/>`;

/**
 * An audio file with play, pause, a waveform to seek by pointer and keyboard, and the time.
 *
 * @attr src - URL of the file
 * @attr label - title, for the accessible names of the controls
 * @attr seconds - length, seconds
 * @attr peaks - waveform as a JSON array of peaks, 0 to 1
 * @attr compact - shows the button only
 * @attr playing - set by the element during playback
 */
export class LemonsAudio extends LitElement {
  static override styles = audioStyles;
  static override properties = {
    src: {},
    label: {},
    seconds: { type: Number },
    peaks: { type: Array },
    compact: { type: Boolean },
    bars: { state: true },
    playing: { type: Boolean, reflect: true },
    position: { state: true },
    problem: { state: true },
  };
  declare src: string;
  declare label: string;
  declare seconds: number;
  declare peaks: readonly number[];
  declare compact: boolean;
  declare bars: number;
  declare playing: boolean;
  declare position: number;
  declare problem: string | null;

  readonly #audio = new Audio();
  #scope: DisposalScope = createDisposalScope();

  constructor() {
    super();
    this.src = "";
    this.label = "";
    this.seconds = 0;
    this.peaks = [];
    this.compact = false;
    this.bars = 0;
    this.playing = false;
    this.position = 0;
    this.problem = null;
    this.#audio.preload = "none";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#scope = createDisposalScope();
    const scope = this.#scope;
    scope.listen(this.#audio, "play", () => this.#onPlay());
    scope.listen(this.#audio, "pause", () => this.#onPause());
    scope.listen(this.#audio, "timeupdate", () => this.#onTime());
    scope.listen(this.#audio, "error", () => this.#onMediaError());
    const observer = new ResizeObserver(([entry]) => {
      this.bars = Math.max(1, Math.floor(entry!.contentRect.width / PIXELS_PER_BAR));
    });
    void this.updateComplete.then(() => {
      const track = this.renderRoot.querySelector(".track");
      if (track !== null && !scope.signal.aborted) observer.observe(track);
    });
    scope.add(() => observer.disconnect());
    scope.add(() => {
      this.#audio.pause();
      releaseSound(this.#audio);
      this.#audio.removeAttribute("src");
    });
    this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#scope.dispose();
  }

  #load(): void {
    this.problem = null;
    this.#audio.src = this.src;
  }

  #onMediaError(): void {
    if (this.#audio.hasAttribute("src")) this.problem = t("problem.decode");
  }

  #onPlay(): void {
    this.playing = true;
    claimSound(this.#audio);
    this.#followPosition();
  }

  #onPause(): void {
    this.playing = false;
    releaseSound(this.#audio);
    if (this.#audio.ended) this.#audio.currentTime = 0;
  }

  #onTime(): void {
    this.position = this.#audio.currentTime;
  }

  /** Moves the played part on each frame; everything else follows `timeupdate`. */
  #followPosition(): void {
    if (!this.playing || this.#scope.signal.aborted) return;
    const clip = this.renderRoot.querySelector("clipPath rect");
    clip?.setAttribute("width", String(this.#playedBars(this.#audio.currentTime)));
    requestAnimationFrame(() => this.#followPosition());
  }

  #playedBars(position: number): number {
    return this.seconds > 0 ? (this.bars * position) / this.seconds : 0;
  }

  #toggle(): void {
    if (this.#audio.paused) {
      // In the compact form this button also retries.
      if (this.problem !== null) this.#load();
      this.#audio.play().catch((error: DOMException) => {
        // A pause or removal before playback starts is no failure.
        if (error.name !== "AbortError") this.problem = error.message;
      });
    } else {
      this.#audio.pause();
    }
  }

  #seek(seconds: number): void {
    this.#audio.currentTime = Math.min(this.seconds, Math.max(0, seconds));
    this.position = this.#audio.currentTime;
  }

  #onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const position = this.#audio.currentTime;
    const actions: Record<string, () => void> = {
      " ": () => this.#toggle(),
      k: () => this.#toggle(),
      j: () => this.#seek(position - LARGE_STEP_SECONDS),
      l: () => this.#seek(position + LARGE_STEP_SECONDS),
      ArrowLeft: () => this.#seek(position - SMALL_STEP_SECONDS),
      ArrowDown: () => this.#seek(position - SMALL_STEP_SECONDS),
      ArrowRight: () => this.#seek(position + SMALL_STEP_SECONDS),
      ArrowUp: () => this.#seek(position + SMALL_STEP_SECONDS),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  }

  override render(): TemplateResult {
    const title = this.label;
    const { problem } = this;
    return html`
      <button
        class="toggle"
        type="button"
        aria-label=${t(this.playing ? "audio.pause" : "audio.play", { title })}
        title=${this.compact && problem !== null ? t("audio.failed", { reason: problem }) : nothing}
        ?disabled=${problem !== null && !this.compact}
        @click=${() => this.#toggle()}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">${this.playing ? PAUSE_ICON : PLAY_ICON}</svg>
      </button>
      ${this.compact ? this.#renderStatus(problem) : this.#renderWhole(problem)}
    `;
  }

  #renderStatus(problem: string | null): TemplateResult {
    return html`<span class="unseen" role="status">
      ${problem === null ? nothing : t("audio.failed", { reason: problem })}
    </span>`;
  }

  #renderWhole(problem: string | null): TemplateResult {
    return html`
      <div class="track">
        ${problem === null ? this.#renderTrack() : this.#renderProblem(problem)}
      </div>
      <span class="time">${clockTime(this.position)} / ${clockTime(this.seconds)}</span>
    `;
  }

  #renderTrack(): TemplateResult {
    const { peaks, seconds } = this;
    // The waveform is unknown until the track has been scored; draw a line instead.
    const path = waveformPath(condensePeaks(peaks.length > 0 ? peaks : SILENCE, this.bars));
    return html`
      <svg
        class="wave"
        viewBox="0 0 ${this.bars} 2"
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <clipPath id="played">
          <rect x="0" y="-1" height="4" width=${this.#playedBars(this.position)} />
        </clipPath>
        <path d=${path} />
        <path class="played" clip-path="url(#played)" d=${path} />
      </svg>
      <input
        type="range"
        min="0"
        max=${seconds}
        step="0.01"
        .value=${String(this.position)}
        aria-label=${t("audio.position", { title: this.label })}
        aria-valuetext=${t("audio.time", {
          current: clockTime(this.position),
          total: clockTime(seconds),
        })}
        @input=${(event: Event) => this.#seek((event.target as HTMLInputElement).valueAsNumber)}
        @keydown=${(event: KeyboardEvent) => this.#onKey(event)}
      />
    `;
  }

  #renderProblem(reason: string): TemplateResult {
    return html`
      <div class="message" role="alert">
        ${t("audio.failed", { reason })}
        <button type="button" @click=${() => this.#load()}>${t("audio.retry")}</button>
      </div>
    `;
  }
}

customElements.define("lemons-audio", LemonsAudio);
