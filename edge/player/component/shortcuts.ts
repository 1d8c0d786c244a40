import { html, type TemplateResult } from "lit";
import type { TextKey } from "../texts/english.ts";
import type { Locale } from "../texts/locale.ts";
import type { PlayerSession } from "./player-session.ts";

const SMALL_STEP_SECONDS = 1;
const LARGE_STEP_SECONDS = 5;
const VOLUME_STEP = 0.1;

/** The fields of a keyboard event that select a shortcut. */
export type Press = Pick<
  KeyboardEvent,
  "key" | "code" | "shiftKey" | "altKey" | "ctrlKey" | "metaKey"
>;

/** The player that a shortcut acts on. */
export interface ShortcutTarget {
  session: PlayerSession;
  openHelp(): void;
}

/** Returns the action of a key press, or null if it has none. Focused controls handle their keys first. */
export function shortcutOf(press: Press, target: ShortcutTarget): (() => void) | null {
  if (press.altKey || press.ctrlKey || press.metaKey) return null;
  const { session, openHelp } = target;
  const { sound, whatIf } = session;
  const digit = /^(?:Digit|Numpad)([1-8])$/.exec(press.code)?.[1];
  if (digit !== undefined) return toggleByDigit(Number(digit) - 1, press.shiftKey, session);
  const seekBy = (seconds: number) => () => sound.seek(sound.position() + seconds);
  const louderBy = (step: number) => () => sound.setVolume(sound.get().volume + step);
  switch (press.key) {
    case " ":
    case "k":
      return session.togglePlay;
    case "ArrowLeft":
      return seekBy(-SMALL_STEP_SECONDS);
    case "ArrowRight":
      return seekBy(SMALL_STEP_SECONDS);
    case "j":
      return seekBy(-LARGE_STEP_SECONDS);
    case "l":
      return seekBy(LARGE_STEP_SECONDS);
    case "ArrowUp":
      return louderBy(VOLUME_STEP);
    case "ArrowDown":
      return louderBy(-VOLUME_STEP);
    case "m":
      return () => sound.setMuted(!sound.get().muted);
    case "r":
      return session.toggleLoop;
    case "c":
      return session.compare;
    case "0":
      return whatIf.reset;
    case "?":
      return openHelp;
    default:
      return null;
  }
}

/**
 * Returns the action that toggles a source, or a segment with Shift. The view by time has segments
 * only.
 */
function toggleByDigit(
  index: number,
  shift: boolean,
  { whatIf, explanation }: PlayerSession,
): (() => void) | null {
  const type = shift || whatIf.get().view === "time" ? "time" : "source";
  const { segments, separation } = explanation;
  const count = type === "time" ? segments.length : separation.sources.length;
  return index < count ? () => whatIf.toggle(index, type) : null;
}

const KEYS: readonly (readonly [keys: readonly string[], action: TextKey])[] = [
  [["k", "␣"], "help.play"],
  [["←", "→"], "help.seek"],
  [["j", "l"], "help.seek-far"],
  [["↑", "↓"], "help.volume"],
  [["m"], "help.mute"],
  [["1", "–", "5"], "help.row"],
  [["⇧", "1", "–", "5"], "help.column"],
  [["← ↑ ↓ →"], "help.grid"],
  [["⏎", "␣"], "help.toggle"],
  [["r"], "help.loop"],
  [["c"], "help.compare"],
  [["0"], "help.reset"],
  [["?"], "help.help"],
];

/** Renders the dialog that lists the keyboard shortcuts; the player opens it with `showModal`. */
export function renderHelp({ t }: Locale): TemplateResult {
  return html`
    <dialog class="help" aria-labelledby="help-title">
      <form method="dialog">
        <h3 id="help-title">${t("help.open")}</h3>
        <dl>
          ${KEYS.map(
            ([keys, action]) => html`
              <dt>${keys.map((key) => (key === "–" ? html`<span>–</span>` : html`<kbd>${key}</kbd>`))}</dt>
              <dd>${t(action)}</dd>
            `,
          )}
        </dl>
        <button class="quiet">${t("help.close")}</button>
      </form>
    </dialog>
  `;
}
