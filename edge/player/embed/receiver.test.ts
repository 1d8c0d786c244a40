import { describe, expect, it } from "vitest";
import { type ControlledPlayer, createReceiver } from "./receiver.ts";

const SRC = "https://lemons.test/embed/x";

/** Connects a fake player to a receiver and records the messages to the parent page. */
function connect() {
  const sent: { event: string; value?: unknown; listener?: string }[] = [];
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
    (message) => sent.push(message as (typeof sent)[number]),
    gone.signal,
  );
  const send = (method: string, value?: unknown, listener?: string) =>
    receiver.receive(
      JSON.stringify({ context: "player.js", version: "0.0.11", method, value, listener }),
    );
  const emit = (name: string, detail: object = {}) =>
    player.dispatchEvent(new CustomEvent(`lemons-${name}`, { detail }));
  return { player, receiver, sent, send, emit, gone };
}

describe("the player.js protocol", () => {
  it("starts with ready, which contains the URL of the frame", () => {
    const { receiver, sent } = connect();
    receiver.ready();
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ event: "ready", value: { src: SRC } });
  });

  it("sends no events without a subscription", () => {
    const { sent, emit, send } = connect();
    emit("play");
    emit("timeupdate", { currentTime: 1, duration: 30 });
    send("play");
    expect(sent).toEqual([]);
  });

  it("sends events to subscribers until they unsubscribe", () => {
    const { sent, emit, send } = connect();
    send("addEventListener", "timeupdate", "one");
    send("addEventListener", "timeupdate", "two");
    emit("timeupdate", { currentTime: 1, duration: 30 });
    expect(sent.map(({ listener }) => listener)).toEqual(["one", "two"]);
    expect(sent[0]).toMatchObject({ event: "timeupdate", value: { seconds: 1, duration: 30 } });
    send("removeEventListener", "timeupdate", "one");
    emit("timeupdate", { currentTime: 2, duration: 30 });
    expect(sent).toHaveLength(3);
    send("removeEventListener", "timeupdate");
    emit("timeupdate", { currentTime: 3, duration: 30 });
    expect(sent).toHaveLength(3);
  });

  it("replies to the listener of a request", () => {
    const { sent, send } = connect();
    send("getVolume", undefined, "a");
    send("getCurrentTime", undefined, "b");
    send("getSelection", undefined, "c");
    send("getLoop", undefined, "d");
    send("getView", undefined, "e");
    expect(sent.map(({ event, value, listener }) => [event, value, listener])).toEqual([
      ["getVolume", 100, "a"],
      ["getCurrentTime", 3.5, "b"],
      ["getSelection", "1f", "c"],
      ["getLoop", false, "d"],
      ["getView", "time+source", "e"],
    ]);
  });

  it("applies valid values and ignores invalid ones", () => {
    const { player, send } = connect();
    send("play");
    send("setVolume", 40);
    send("setCurrentTime", 12);
    send("setView", "source");
    send("setLoop", true);
    send("mute");
    expect(player).toMatchObject({
      ...{ paused: false, volume: 0.4, currentTime: 12, view: "source", loop: true, muted: true },
    });
    send("setVolume", "loud");
    send("setCurrentTime", null);
    send("setView", "colour");
    send("setLoop", "yes");
    send("constructor");
    expect(player).toMatchObject({ volume: 0.4, currentTime: 12, view: "source", loop: true });
  });

  it("reports errors by the protocol's codes", () => {
    const { sent, emit, send } = connect();
    send("fly");
    send("addEventListener", "error", "x");
    emit("error", { reason: "no network", unsupported: false });
    emit("error", { reason: "no decoder", unsupported: true });
    send("fly");
    expect(sent.map(({ value }) => value)).toEqual([
      { code: -1, msg: "no network" },
      { code: 1, msg: "no decoder" },
      { code: 2, msg: 'Unknown method "fly"' },
    ]);
  });

  it("ignores other messages", () => {
    const { receiver, sent, player } = connect();
    for (const data of ["", "null", "{", "[]", 7, '{"context":"other","method":"play"}']) {
      receiver.receive(data);
    }
    expect(sent).toEqual([]);
    expect(player.paused).toBe(true);
  });

  it("ends with its signal", () => {
    const { sent, emit, send, gone } = connect();
    send("addEventListener", "pause", "x");
    gone.abort();
    emit("pause");
    expect(sent).toEqual([]);
  });
});
