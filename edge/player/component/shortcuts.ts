import type { PlayerSession } from "./player-session.ts";

const SMALL_STEP_SECONDS = 1;
const LARGE_STEP_SECONDS = 5;
const VOLUME_STEP = 0.1;

/** What a key press is, as far as shortcuts care. */
export type Press = Pick<
  KeyboardEvent,
  "key" | "code" | "shiftKey" | "altKey" | "ctrlKey" | "metaKey"
>;

/** What a shortcut acts on. */
export interface ShortcutTarget {
  session: PlayerSession;
  openHelp(): void;
}

/**
 * The action of a key press, or null where it means nothing here. Controls that need a key for
 * themselves take it before.
 */
export function shortcutOf(press: Press, target: ShortcutTarget): (() => void) | null {
  if (press.altKey || press.ctrlKey || press.metaKey) return null;
  const { session, openHelp } = target;
  const { sound, whatIf } = session;
  const digit = /^(?:Digit|Numpad)([1-8])$/.exec(press.code)?.[1];
  if (digit !== undefined) return toggleOf(Number(digit) - 1, press.shiftKey, session);
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

/** Digits stand for sources, with shift for segments; where only time is cut, for segments alone. */
function toggleOf(
  index: number,
  shift: boolean,
  { whatIf, explanation }: PlayerSession,
): (() => void) | null {
  const type = shift || whatIf.get().view === "time" ? "time" : "source";
  const { segments, separation } = explanation;
  const count = type === "time" ? segments.length : separation.sources.length;
  return index < count ? () => whatIf.toggle(index, type) : null;
}
