import { describe, expect, it } from "vitest";
import { type ControlledPlayer, createReceiver } from "./receiver.ts";

const SRC = "https://lemons.test/embed/x";

/** A player that notes what it is told, and everything that was said to the page. */
function conversation() {
  const said: { event: string; value?: unknown; listener?: string }[] = [];
  const player = Object.assign(new EventTarget(), {
    currentTime: 3.5,
    duration: 30,
    loop: false,
    muted: false,
    paused: true,
    relevance: 0.5,
    selection: "1f",
    shownView: "time+source" as const,
    view: null as string | null,
    volume: 1,
    play: async () => {
      player.paused = false;
    },
    pause: () => {
      player.paused = true;
    },
  }) as unknown as ControlledPlayer & { paused: boolean };
  const gone = new AbortController();
  const receiver = createReceiver(
    player,
    SRC,
    (message) => said.push(message as (typeof said)[number]),
    gone.signal,
  );
  const tell = (method: string, value?: unknown, listener?: string) =>
    receiver.receive(
      JSON.stringify({ context: "player.js", version: "0.0.11", method, value, listener }),
    );
  const emit = (name: string, detail: object = {}) =>
    player.dispatchEvent(new CustomEvent(`lemons-${name}`, { detail }));
  return { player, receiver, said, tell, emit, gone };
}

describe("the player.js protocol", () => {
  it("begins by ready, which names the frame", () => {
    const { receiver, said } = conversation();
    receiver.ready();
    expect(said).toHaveLength(1);
    expect(said[0]).toMatchObject({ event: "ready", value: { src: SRC } });
  });

  it("says nothing that nobody asked for", () => {
    const { said, emit, tell } = conversation();
    emit("play");
    emit("timeupdate", { currentTime: 1, duration: 30 });
    tell("play");
    expect(said).toEqual([]);
  });

  it("tells events to whoever asked, until they have had enough", () => {
    const { said, emit, tell } = conversation();
    tell("addEventListener", "timeupdate", "one");
    tell("addEventListener", "timeupdate", "two");
    emit("timeupdate", { currentTime: 1, duration: 30 });
    expect(said.map(({ listener }) => listener)).toEqual(["one", "two"]);
    expect(said[0]).toMatchObject({ event: "timeupdate", value: { seconds: 1, duration: 30 } });
    tell("removeEventListener", "timeupdate", "one");
    emit("timeupdate", { currentTime: 2, duration: 30 });
    expect(said).toHaveLength(3);
    tell("removeEventListener", "timeupdate");
    emit("timeupdate", { currentTime: 3, duration: 30 });
    expect(said).toHaveLength(3);
  });

  it("answers questions to the one who asked", () => {
    const { said, tell } = conversation();
    tell("getVolume", undefined, "a");
    tell("getCurrentTime", undefined, "b");
    tell("getSelection", undefined, "c");
    tell("getLoop", undefined, "d");
    tell("getView", undefined, "e");
    expect(said.map(({ event, value, listener }) => [event, value, listener])).toEqual([
      ["getVolume", 100, "a"],
      ["getCurrentTime", 3.5, "b"],
      ["getSelection", "1f", "c"],
      ["getLoop", false, "d"],
      ["getView", "time+source", "e"],
    ]);
  });

  it("does as it is told, and nothing with nonsense", () => {
    const { player, tell } = conversation();
    tell("play");
    tell("setVolume", 40);
    tell("setCurrentTime", 12);
    tell("setView", "source");
    tell("setLoop", true);
    tell("mute");
    expect(player).toMatchObject({
      ...{ paused: false, volume: 0.4, currentTime: 12, view: "source", loop: true, muted: true },
    });
    tell("setVolume", "loud");
    tell("setCurrentTime", null);
    tell("setView", "colour");
    tell("setLoop", "yes");
    tell("constructor");
    expect(player).toMatchObject({ volume: 0.4, currentTime: 12, view: "source", loop: true });
  });

  it("says what went wrong by the protocol's codes", () => {
    const { said, emit, tell } = conversation();
    tell("fly");
    tell("addEventListener", "error", "x");
    emit("error", { reason: "no network", unsupported: false });
    emit("error", { reason: "no decoder", unsupported: true });
    tell("fly");
    expect(said.map(({ value }) => value)).toEqual([
      { code: -1, msg: "no network" },
      { code: 1, msg: "no decoder" },
      { code: 2, msg: "there is no method fly" },
    ]);
  });

  it("ignores what is not its own", () => {
    const { receiver, said, player } = conversation();
    for (const data of ["", "null", "{", "[]", 7, '{"context":"other","method":"play"}']) {
      receiver.receive(data);
    }
    expect(said).toEqual([]);
    expect(player.paused).toBe(true);
  });

  it("ends with its signal", () => {
    const { said, emit, tell, gone } = conversation();
    tell("addEventListener", "pause", "x");
    gone.abort();
    emit("pause");
    expect(said).toEqual([]);
  });
});
