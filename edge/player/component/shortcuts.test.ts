import { beforeEach, describe, expect, it, vi } from "vitest";
import type { PlayerSession } from "./player-session.ts";
import { type Press, shortcutOf } from "./shortcuts.ts";

const sound = {
  position: () => 10,
  get: () => ({ volume: 0.5, muted: false }),
  seek: vi.fn(),
  setVolume: vi.fn(),
  setMuted: vi.fn(),
};
const whatIf = { get: vi.fn(() => ({ view: "time+source" })), toggle: vi.fn(), reset: vi.fn() };
const session = {
  sound,
  whatIf,
  explanation: { segments: [1, 2, 3, 4], separation: { sources: ["vocals", "drums", "other"] } },
  togglePlay: vi.fn(),
  toggleLoop: vi.fn(),
  compare: vi.fn(),
};
const openHelp = vi.fn();

/** Presses a key. @returns true if it has an action */
function press(key: string, also: Partial<Press> = {}): boolean {
  const modifiers = { shiftKey: false, altKey: false, ctrlKey: false, metaKey: false };
  const code = /^\d$/.test(key) ? `Digit${key}` : key;
  const target = { session: session as unknown as PlayerSession, openHelp };
  const action = shortcutOf({ key, code, ...modifiers, ...also }, target);
  action?.();
  return action !== null;
}

beforeEach(() => {
  vi.clearAllMocks();
  whatIf.get.mockReturnValue({ view: "time+source" });
});

describe("shortcutOf", () => {
  it("plays, repeats, compares, resets and opens the help", () => {
    for (const key of [" ", "k", "r", "c", "0", "?"]) expect(press(key), key).toBe(true);
    expect(session.togglePlay).toHaveBeenCalledTimes(2);
    for (const called of [session.toggleLoop, session.compare, whatIf.reset, openHelp]) {
      expect(called).toHaveBeenCalledOnce();
    }
  });

  it("seeks by 1 s with arrows and by 5 s with j and l", () => {
    for (const key of ["ArrowLeft", "ArrowRight", "j", "l"]) press(key);
    expect(sound.seek.mock.calls).toEqual([[9], [11], [5], [15]]);
  });

  it("changes the volume and mutes", () => {
    for (const key of ["ArrowUp", "ArrowDown", "m"]) press(key);
    expect(sound.setVolume.mock.calls).toEqual([[0.6], [0.4]]);
    expect(sound.setMuted).toHaveBeenCalledWith(true);
  });

  it("toggles sources by digits and segments with Shift", () => {
    press("1");
    press("3");
    // Shift changes the character, so the shortcut reads the physical key.
    press("!", { code: "Digit1", shiftKey: true });
    press("4", { code: "Numpad4", shiftKey: true });
    expect(whatIf.toggle.mock.calls).toEqual([
      [0, "source"],
      [2, "source"],
      [0, "time"],
      [3, "time"],
    ]);
  });

  it("toggles segments in the view by time", () => {
    whatIf.get.mockReturnValue({ view: "time" });
    press("2");
    expect(whatIf.toggle).toHaveBeenCalledWith(1, "time");
  });

  it("ignores missing sources, other keys and the browser's shortcuts", () => {
    expect(press("4")).toBe(false);
    expect(press("5", { shiftKey: true })).toBe(false);
    expect(press("x")).toBe(false);
    for (const modifier of ["altKey", "ctrlKey", "metaKey"]) {
      expect(press("k", { [modifier]: true }), modifier).toBe(false);
    }
  });
});
