import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import { LitElement, type TemplateResult } from "lit";
import { createPlayerApi, type PlayerApi } from "../api/player-api.ts";
import { createDisposalScope, type DisposalScope } from "../disposal-scope.ts";
import { createLocale, type Locale } from "../texts/locale.ts";
import { describeError, languageOf, type Message } from "../texts/translate.ts";
import {
  addressOf,
  formatSelection,
  isView,
  parseSelection,
  readAddress,
} from "../what-if/address.ts";
import { isWholeTrack } from "../what-if/selection.ts";
import type { GridPlace } from "./grid-view.ts";
import { barsIn, createLaneWaves, excerptPeaks } from "./lane-waves.ts";
import { openSession, type PlayerSession } from "./player-session.ts";
import { playerStyles } from "./player-styles.ts";
import { type PlayerLoading, renderNotReady, renderPlayer } from "./player-view.ts";
import { shortcutOf } from "./shortcuts.ts";

const LOADING_SHOWN_AFTER_MS = 500;
const TIME_UPDATE_MS = 250;
const CORNER: GridPlace = { row: 1, column: 1 };

/**
 * An explanation of a recommendation to see, hear and change: the parts of a track by source and time,
 * how much each helps or hurts, and the score of any selection of them.
 *
 * @tag lemons-player
 *
 * @attr explanation - id of a published explanation
 * @attr link - query string of a signed link, for private explanations
 * @attr service - origin of the LEMONS service; defaults to the script's origin
 * @attr view - `time`, `source` or `time+source`; defaults to the explanation's type
 * @attr theme - `light` or `dark`; defaults to the visitor's theme
 * @attr controls - `all`, or `compact` without the what-if panel
 * @attr plain - hides title, frame and choice of view, for pages with their own
 * @attr loop - repeats the excerpt
 * @attr remember - keeps view and selection in the page's address
 * @attr lang - `en` or `de`; defaults to the page's language
 *
 * @fires lemons-ready - the explanation has loaded; detail `{duration}`
 * @fires lemons-play, lemons-pause - playback has started, has stopped
 * @fires lemons-ended - playback has reached the end
 * @fires lemons-timeupdate - four times a second during playback; detail `{currentTime, duration}`
 * @fires lemons-progress - loading of the sound has started or ended; detail `{loaded, duration}`, seconds
 * @fires lemons-select - the selection or its relevance has changed; detail `{selection, relevance, whole}`
 * @fires lemons-view - the view has changed; detail `{view}`
 * @fires lemons-error - something failed; detail `{reason, unsupported}`, `unsupported` if the browser lacks a feature
 *
 * @slot summary - replaces the summary of the explanation
 * @slot actions - buttons next to the credits
 *
 * @cssproperty --lemons-font - font family
 * @cssproperty --lemons-text, --lemons-muted, --lemons-surface, --lemons-sunken, --lemons-line - colors
 * @cssproperty --lemons-accent, --lemons-on-accent - buttons and parts that help
 * @cssproperty --lemons-against - parts that hurt
 * @cssproperty --lemons-focus - focus ring
 * @cssproperty --lemons-radius - corner radius
 * @csspart player, transport, grid, what-if, credits
 */
export class LemonsPlayer extends LitElement {
  static override styles = playerStyles;
  static override properties = {
    explanation: {},
    link: {},
    service: {},
    view: {},
    theme: { reflect: true },
    controls: { reflect: true },
    plain: { type: Boolean, reflect: true },
    remember: { type: Boolean },
    loop: { type: Boolean },
    lang: {},
    loading: { state: true },
    slow: { state: true },
    focusedPlace: { state: true },
    pointedPlace: { state: true },
    bars: { state: true },
  };
  declare explanation: string | null;
  declare link: string | null;
  declare service: string;
  declare view: ExplanationType | null;
  declare theme: string | null;
  declare controls: string;
  declare plain: boolean;
  declare remember: boolean;
  declare loop: boolean;
  declare loading: PlayerLoading;
  declare slow: boolean;
  declare focusedPlace: GridPlace;
  declare pointedPlace: GridPlace | null;
  declare bars: number;

  #api: PlayerApi | null = null;
  #session: PlayerSession | null = null;
  #scope: DisposalScope = createDisposalScope();
  #loaded: DisposalScope = createDisposalScope();
  #locale: Locale = createLocale("en");
  #waves: ReturnType<typeof createLaneWaves> = () => null;
  #mix: readonly number[] = [];

  constructor() {
    super();
    this.explanation = null;
    this.link = null;
    this.service = new URL(import.meta.url).origin;
    this.view = null;
    this.theme = null;
    this.controls = "all";
    this.plain = false;
    this.remember = false;
    this.loop = false;
    this.loading = { phase: "idle" };
    this.slow = false;
    this.focusedPlace = CORNER;
    this.pointedPlace = null;
    this.bars = barsIn(0);
  }

  /** Source of all data; the HTTP API of `service` by default. */
  get api(): PlayerApi | null {
    return this.#api;
  }
  set api(api: PlayerApi | null) {
    this.#api = api;
    if (this.isConnected) void this.load();
  }

  /** Seconds from the start of the excerpt. */
  get currentTime(): number {
    return this.#session?.sound.position() ?? 0;
  }
  set currentTime(seconds: number) {
    this.#session?.sound.seek(seconds);
  }
  /** Length of the excerpt, seconds; 0 until the explanation has loaded. */
  get duration(): number {
    return this.#session?.sound.duration ?? 0;
  }
  get paused(): boolean {
    return !(this.#session?.sound.get().playing ?? false);
  }
  /** 0 to 1. */
  get volume(): number {
    return this.#session?.sound.get().volume ?? 1;
  }
  set volume(volume: number) {
    this.#session?.sound.setVolume(volume);
  }
  get muted(): boolean {
    return this.#session?.sound.get().muted ?? false;
  }
  set muted(muted: boolean) {
    this.#session?.sound.setMuted(muted);
  }
  /** Index of the repeated segment, or null. */
  get loopedSegment(): number | null {
    return this.#session?.sound.get().loopedSegment ?? null;
  }
  set loopedSegment(segment: number | null) {
    this.#session?.sound.setLoop(segment);
  }
  /** The sources of each segment as a hexadecimal bit mask, as in addresses: `1f.1f.4.0.1f`. */
  get selection(): string {
    const whatIf = this.#session?.whatIf;
    return whatIf ? formatSelection(whatIf.get().gates, whatIf.grid()) : "";
  }
  set selection(text: string) {
    const whatIf = this.#session?.whatIf;
    const gates = whatIf ? parseSelection(text, whatIf.grid()) : null;
    if (gates !== null) whatIf?.select(gates);
  }
  /** Relevance of the selection, 0 to 1; null until it is known. */
  get relevance(): number | null {
    return this.#session?.whatIf.get().relevance ?? null;
  }
  /** The shown explanation; null until it has loaded. */
  get shown(): PublishedExplanation | null {
    return this.#session?.explanation ?? null;
  }
  /** The shown view; `view` is the requested one. */
  get shownView(): ExplanationType {
    return this.#session?.whatIf.get().view ?? this.view ?? "time+source";
  }
  /** Returns true if the explanation has a view; one by source may have no time segments. */
  canShow(view: ExplanationType): boolean {
    return this.#session?.whatIf.canShow(view) ?? false;
  }
  /** Resolves once playback has started or failed. */
  async play(): Promise<void> {
    await this.#session?.sound.play();
  }
  /**
   * Renders the selection as a WAV file with artist, licence and changes.
   *
   * @throws Error if no explanation or no sound has loaded
   */
  async record(): Promise<Blob> {
    if (this.#session === null)
      throw new Error("No explanation has loaded. Wait for lemons-ready.");
    return this.#session.record();
  }
  pause(): void {
    this.#session?.sound.pause();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#scope = createDisposalScope();
    this.#scope.listen<KeyboardEvent>(this, "keydown", (event) => this.#onKey(event));
    const observer = new ResizeObserver(([entry]) => {
      this.bars = barsIn(entry!.contentRect.width);
    });
    observer.observe(this);
    this.#scope.add(() => observer.disconnect());
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#loaded.dispose();
    this.#scope.dispose();
    this.#session = null;
    this.loading = { phase: "idle" };
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    const tag = this.lang || this.closest<HTMLElement>("[lang]")?.lang;
    const language = languageOf(tag);
    if (this.#locale.language !== language) this.#locale = createLocale(language);
    const needsReload = ["explanation", "link", "service"].some((name) => changed.has(name));
    if (needsReload && this.hasUpdated) void this.load();
    if (changed.has("view") && isView(this.view)) this.#session?.whatIf.setView(this.view);
    if (changed.has("loop")) this.#session?.sound.setLooping(this.loop);
  }

  protected override updated(): void {
    const score = this.renderRoot.querySelector<HTMLElement>(".score");
    const columns = score?.querySelectorAll("[role=columnheader]").length ?? 0;
    // The first column header stands above the row headers.
    score?.style.setProperty("--columns", String(columns - 1));
    this.#placePlayhead();
  }

  /** Loads or reloads the explanation. */
  async load(): Promise<void> {
    this.#loaded.dispose();
    this.#loaded = createDisposalScope();
    this.#session = null;
    const loaded = this.#loaded;
    const api =
      this.#api ??
      (this.explanation ? createPlayerApi(this.service, this.explanation, this.link) : null);
    if (api === null) {
      this.loading = { phase: "idle" };
      return;
    }
    this.loading = { phase: "loading" };
    const cancelSlow = loaded.timeout(() => {
      this.slow = true;
    }, LOADING_SHOWN_AFTER_MS);
    try {
      const explanation = await api.explanation(loaded.signal);
      const track = await api.track(explanation.track, loaded.signal);
      if (loaded.signal.aborted) return;
      this.#begin(openSession(api, explanation, track, loaded.signal), loaded);
    } catch (error) {
      if (loaded.signal.aborted) return;
      const problem = describeError(error);
      this.loading = { phase: "error", problem };
      this.#emitError(problem);
    } finally {
      cancelSlow();
      this.slow = false;
    }
  }

  #begin(session: PlayerSession, loaded: DisposalScope): void {
    const { whatIf, sound, segments, track, explanation } = session;
    this.#session = session;
    this.#mix = excerptPeaks(track, explanation);
    this.#waves = createLaneWaves(segments, this.#mix);
    this.focusedPlace = CORNER;
    if (isView(this.view)) whatIf.setView(this.view);
    sound.setLooping(this.loop);
    loaded.add(whatIf.subscribe(this.#onWhatIf(session)));
    loaded.add(sound.subscribe(this.#onSound(session, loaded)));
    if (this.remember) {
      readAddress(location.hash, whatIf);
      loaded.listen(window, "hashchange", () => readAddress(location.hash, whatIf));
    }
    this.loading = { phase: "ready" };
    this.#emit("ready", { duration: sound.duration });
  }

  #onWhatIf({ whatIf }: PlayerSession): () => void {
    let before = whatIf.get();
    return () => {
      const now = whatIf.get();
      const { gates, relevance, view } = now;
      if (gates !== before.gates || relevance !== before.relevance) {
        this.#emit("select", { selection: this.selection, relevance, whole: isWholeTrack(gates) });
      }
      if (view !== before.view) {
        this.focusedPlace = CORNER;
        this.#emit("view", { view });
      }
      before = now;
      if (this.remember) this.#writeAddress();
      this.requestUpdate();
    };
  }

  #writeAddress(): void {
    const whatIf = this.#session?.whatIf;
    if (whatIf === undefined) return;
    const fragment = addressOf(location.hash, whatIf);
    if (`#${fragment}` === location.hash || (fragment === "" && !location.hash.includes("=")))
      return;
    const address = `${location.pathname}${location.search}${fragment === "" ? "" : `#${fragment}`}`;
    history.replaceState(history.state, "", address);
  }

  #onSound({ sound }: PlayerSession, loaded: DisposalScope): () => void {
    let before = sound.get();
    return () => {
      const now = sound.get();
      if (now.playing !== before.playing) {
        this.#emit(now.playing ? "play" : "pause", {});
        if (now.playing) this.#followPlayback(loaded);
        else if (now.endings !== before.endings) this.#emit("ended", {});
      }
      if (now.phase === "fetching" && before.phase !== "fetching") {
        loaded.timeout(() => {
          this.slow = true;
        }, LOADING_SHOWN_AFTER_MS);
        this.#emit("progress", { loaded: 0, duration: sound.duration });
      }
      if (now.layers !== null && before.layers === null) {
        this.#emit("progress", { loaded: sound.duration, duration: sound.duration });
      }
      const { problem } = now;
      const isSilent = now.phase === "error" || problem?.key === "sound.blocked";
      if (problem !== null && problem !== before.problem && isSilent) this.#emitError(problem);
      before = now;
      this.requestUpdate();
    };
  }

  /** Moves the playhead on each frame; updates everything else four times a second. */
  #followPlayback(loaded: DisposalScope): void {
    const reducesMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let updatedAt = Number.NEGATIVE_INFINITY;
    const frame = (now: number) => {
      if (this.paused || loaded.signal.aborted) return;
      const isDue = now - updatedAt >= TIME_UPDATE_MS;
      if (isDue || !reducesMotion) this.#placePlayhead();
      if (isDue) {
        updatedAt = now;
        this.requestUpdate();
        this.#emit("timeupdate", { currentTime: this.currentTime, duration: this.duration });
      }
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  #placePlayhead(): void {
    const head = this.renderRoot.querySelector<HTMLElement>(".playhead");
    if (head === null || this.duration === 0) return;
    head.style.setProperty("inset-inline-start", `${(this.currentTime / this.duration) * 100}%`);
  }

  #emitError(message: Message): void {
    this.#emit("error", {
      reason: this.#locale.message(message),
      unsupported: message.key === "problem.decode",
    });
  }

  #emit(name: string, detail: object): void {
    this.dispatchEvent(
      new CustomEvent(`lemons-${name}`, { detail, bubbles: true, composed: true }),
    );
  }

  #onKey(event: KeyboardEvent): void {
    const session = this.#session;
    if (session === null || event.defaultPrevented) return;
    const control = event.composedPath()[0] as Element;
    const isTyping = control.matches("input, textarea, select, dialog, dialog *");
    const isPressing = event.key === " " && control.matches("button, a, summary");
    // Keys pressed on slotted elements belong to the page.
    if (isTyping || isPressing || control.getRootNode() !== this.renderRoot) return;
    const action = shortcutOf(event, { session, openHelp: () => this.#openHelp() });
    if (action === null) return;
    event.preventDefault();
    action();
  }

  #openHelp(): void {
    this.renderRoot.querySelector<HTMLDialogElement>("dialog.help")?.showModal();
  }

  override render(): TemplateResult {
    const session = this.#session;
    const locale = this.#locale;
    if (session === null) {
      const retry = () => void this.load();
      return renderNotReady(this.loading, this.slow, locale, retry);
    }
    return renderPlayer({
      session,
      locale,
      isPlain: this.plain,
      isCompact: this.controls === "compact",
      isSlow: this.slow,
      focused: this.focusedPlace,
      pointed: this.pointedPlace,
      bars: this.bars,
      mix: this.#mix,
      waves: this.#waves,
      openHelp: () => this.#openHelp(),
      onSave: () => void this.#save(session),
      onFocus: (place) => {
        this.focusedPlace = place;
        this.pointedPlace = place;
      },
      onPoint: (place) => {
        this.pointedPlace = place;
      },
      onMove: (place) => this.#focusPlace(place),
      onSeek: (seconds) => {
        session.sound.seek(seconds);
        this.requestUpdate();
      },
    });
  }

  async #save(session: PlayerSession): Promise<void> {
    const { title } = session.track;
    let wave: Blob;
    try {
      wave = await session.record();
    } catch (error) {
      this.#emitError(describeError(error));
      return;
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(wave);
    link.download = `${title} (${this.selection}).wav`;
    link.click();
    // The browser has started the download by then.
    this.#scope.timeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  #focusPlace({ row, column }: GridPlace): void {
    this.renderRoot
      .querySelector<HTMLElement>(`[data-row="${row}"][data-column="${column}"]`)
      ?.focus();
  }
}

customElements.define("lemons-player", LemonsPlayer);

declare global {
  interface HTMLElementTagNameMap {
    "lemons-player": LemonsPlayer;
  }
}
