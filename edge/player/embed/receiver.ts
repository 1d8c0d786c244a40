import type { LemonsPlayer } from "../component/lemons-player.ts";
import { isView } from "../what-if/address.ts";

/** The part of a player that the protocol controls. */
export type ControlledPlayer = EventTarget &
  Pick<
    LemonsPlayer,
    | "currentTime"
    | "duration"
    | "loop"
    | "muted"
    | "pause"
    | "paused"
    | "play"
    | "relevance"
    | "selection"
    | "shownView"
    | "view"
    | "volume"
  >;

/** A message of the player.js protocol (https://github.com/embedly/player.js, SPEC). */
interface Message {
  context: typeof CONTEXT;
  method: string;
  value?: unknown;
  listener?: string;
}

/** Sends a message to the parent page, which alone may control the player. */
export type Send = (message: object) => void;

const CONTEXT = "player.js";
const VERSION = "0.0.11";
const PERCENT = 100;
/** Error codes of the protocol: other errors, unsupported media, unknown method. */
const ERROR_CODES = { undefined: -1, playback: 1, method: 2 } as const;

type Reader = (player: ControlledPlayer) => unknown;
type Writer = (player: ControlledPlayer, value: unknown) => void;

const READERS: Readonly<Record<string, Reader>> = {
  getPaused: (player) => player.paused,
  getMuted: (player) => player.muted,
  getVolume: (player) => Math.round(player.volume * PERCENT),
  getDuration: (player) => player.duration,
  getCurrentTime: (player) => player.currentTime,
  getLoop: (player) => player.loop,
  getSelection: (player) => player.selection,
  getRelevance: (player) => player.relevance,
  getView: (player) => player.shownView,
};

const WRITERS: Readonly<Record<string, Writer>> = {
  play: (player) => void player.play(),
  pause: (player) => player.pause(),
  mute: (player) => {
    player.muted = true;
  },
  unmute: (player) => {
    player.muted = false;
  },
  setVolume: (player, value) => {
    if (isNumber(value)) player.volume = value / PERCENT;
  },
  setCurrentTime: (player, value) => {
    if (isNumber(value)) player.currentTime = value;
  },
  setLoop: (player, value) => {
    if (typeof value === "boolean") player.loop = value;
  },
  setSelection: (player, value) => {
    if (typeof value === "string") player.selection = value;
  },
  setView: (player, value) => {
    if (typeof value === "string" && isView(value)) player.view = value;
  },
};

/** The protocol's events: the player's own event, and how its detail becomes the value. */
const EVENTS: Readonly<Record<string, { own: string; read(detail: unknown): unknown }>> = {
  play: { own: "lemons-play", read: () => undefined },
  pause: { own: "lemons-pause", read: () => undefined },
  ended: { own: "lemons-ended", read: () => undefined },
  timeupdate: {
    own: "lemons-timeupdate",
    read: (detail) => {
      const { currentTime, duration } = detail as { currentTime: number; duration: number };
      return { seconds: currentTime, duration };
    },
  },
  progress: {
    own: "lemons-progress",
    read: (detail) => {
      const { loaded, duration } = detail as { loaded: number; duration: number };
      return { seconds: loaded, duration };
    },
  },
  error: {
    own: "lemons-error",
    read: (detail) => {
      const { reason, unsupported } = detail as { reason: string; unsupported: boolean };
      return { code: unsupported ? ERROR_CODES.playback : ERROR_CODES.undefined, msg: reason };
    },
  },
  select: { own: "lemons-select", read: (detail) => detail },
  view: { own: "lemons-view", read: (detail) => detail },
};

const isNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value);

function parse(data: unknown): Message | null {
  if (typeof data !== "string") return null;
  let message: Partial<Message> | null;
  try {
    message = JSON.parse(data) as Partial<Message> | null;
  } catch {
    // Parent pages also post messages of other protocols.
    return null;
  }
  if (message?.context !== CONTEXT || typeof message.method !== "string") return null;
  return message as Message;
}

/** Controls a player by messages of the parent page. */
export interface EmbedReceiver {
  /** Handles a message of the parent page. */
  receive(data: unknown): void;
  /** Announces that the player has loaded. */
  ready(): void;
}

/**
 * Creates the player's side of the player.js protocol. It sends `ready`, and otherwise only what the
 * parent page subscribes to or requests.
 *
 * @param src URL of the frame, which identifies it among the frames of a page
 */
export function createReceiver(
  player: ControlledPlayer,
  src: string,
  send: Send,
  signal: AbortSignal,
): EmbedReceiver {
  const listeners = new Map<string, Set<string | undefined>>();
  let isReady = false;
  const post = (event: string, value: unknown, listener?: string) =>
    send({ context: CONTEXT, version: VERSION, event, value, listener });
  const readiness = () => ({
    src,
    events: ["ready", ...Object.keys(EVENTS)],
    methods: [
      ...["addEventListener", "removeEventListener"],
      ...Object.keys(READERS),
      ...Object.keys(WRITERS),
    ],
  });

  for (const [event, { own, read }] of Object.entries(EVENTS)) {
    const forward = ({ detail }: CustomEvent) => {
      for (const listener of listeners.get(event) ?? []) post(event, read(detail), listener);
    };
    player.addEventListener(own, forward as (event: Event) => void, { signal });
  }

  function listen(event: string, listener: string | undefined): void {
    if (event === "ready") {
      if (isReady) post("ready", readiness(), listener);
      return;
    }
    if (!Object.hasOwn(EVENTS, event)) return;
    const subscribed = listeners.get(event) ?? new Set();
    listeners.set(event, subscribed.add(listener));
  }

  return {
    receive(data) {
      const message = parse(data);
      if (message === null) return;
      const { method, value, listener } = message;
      if (method === "addEventListener") listen(String(value), listener);
      else if (method === "removeEventListener") {
        if (listener === undefined) listeners.delete(String(value));
        else listeners.get(String(value))?.delete(listener);
      } else if (Object.hasOwn(READERS, method)) post(method, READERS[method]!(player), listener);
      else if (Object.hasOwn(WRITERS, method)) WRITERS[method]!(player, value);
      else if (listeners.has("error")) {
        for (const each of listeners.get("error")!) {
          post("error", { code: ERROR_CODES.method, msg: `Unknown method "${method}"` }, each);
        }
      }
    },
    ready() {
      isReady = true;
      post("ready", readiness());
    },
  };
}
