import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Demo } from "./demo.ts";
import { explained } from "./explained.ts";
import { type ForeignSite, startForeignSite } from "./foreign-site.ts";

const TIMEOUT_MS = 30_000;
const TRACK = { listener: "ilse", track: "gt04-reggae-one-drop", type: "time+source" } as const;
const SECONDS = 30;

/** The player.js client of npm, as a page's script uses it. */
interface Client {
  on(event: string, callback: (value?: unknown) => void): void;
  off(event: string): void;
  supports(kind: "method" | "event", names: readonly string[]): boolean;
  play(): void;
  pause(): void;
  mute(): void;
  unmute(): void;
  getPaused(callback: (value: boolean) => void): void;
  getMuted(callback: (value: boolean) => void): void;
  getDuration(callback: (value: number) => void): void;
  setCurrentTime(seconds: number): void;
  getCurrentTime(callback: (value: number) => void): void;
  setVolume(percent: number): void;
  getVolume(callback: (value: number) => void): void;
  setLoop(loop: boolean): void;
  getLoop(callback: (value: boolean) => void): void;
  send(data: object, callback?: (value: unknown) => void): void;
}
type Getter = Extract<keyof Client, `get${string}`>;

declare const playerjs: {
  Player: new (frame: HTMLIFrameElement) => Client;
  METHODS: { all(): string[] };
  EVENTS: { all(): string[] };
};

interface Note {
  event: string;
  value?: unknown;
}
type Noting = typeof globalThis & { notes: Note[]; client: Client; messages: string[] };

/** A frame in another site's page, driven by the player.js client. */
export function testPlayerJs(demo: Demo): void {
  let site: ForeignSite;
  let context: BrowserContext;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    const { origin } = demo.stack;
    const { id } = await explained(origin, TRACK);
    site = await startForeignSite({
      "/frame": `<main><h1>Frame</h1><iframe id="frame" src="${origin}/embed/${id}?start=2&_=7" width="800" height="980" title="why" allow="autoplay"></iframe></main><script src="/player.js"></script>`,
    });
    context = await demo.browser.newContext({ viewport: { width: 1000, height: 1100 } });
    page = await context.newPage();
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) faults.push(message.text());
    });
    page.on("pageerror", (error) => faults.push(error.message));
  }, 180_000);
  afterAll(async () => {
    await context?.close();
    site?.close();
  });

  const notes = (event: string) =>
    page.evaluate(
      (name) => (globalThis as Noting).notes.filter((note) => note.event === name),
      event,
    );
  const ask = (getter: Getter) =>
    page.evaluate(
      (name) =>
        new Promise<unknown>((resolve) => {
          (globalThis as Noting).client[name]((value: unknown) => resolve(value));
        }),
      getter,
    );
  const listenFor = (event: string) =>
    page.evaluate((name) => {
      const { client, notes: noted } = globalThis as Noting;
      client.on(name, (value) => noted.push({ event: name, value }));
    }, event);
  const tell = (method: string, value?: unknown) =>
    page.evaluate(
      ({ name, given }) => {
        const { client } = globalThis as Noting;
        (client as unknown as Record<string, (value?: unknown) => void>)[name]!(given);
      },
      { name: method, given: value },
    );

  it("reports ready, with every method and event of the protocol", async () => {
    await page.goto(`${site.origin}/frame`);
    await page.evaluate(() => {
      const noting = globalThis as Noting;
      noting.notes = [];
      noting.messages = [];
      addEventListener("message", ({ data }) => noting.messages.push(String(data)));
      noting.client = new playerjs.Player(
        globalThis.document.querySelector<HTMLIFrameElement>("#frame")!,
      );
      noting.client.on("ready", () => noting.notes.push({ event: "ready" }));
    });
    await expect.poll(() => notes("ready"), { timeout: TIMEOUT_MS }).toHaveLength(1);
    const missing = await page.evaluate(() => {
      const { client } = globalThis as Noting;
      return [
        ...playerjs.METHODS.all().filter((name) => !client.supports("method", [name])),
        ...playerjs.EVENTS.all().filter((name) => !client.supports("event", [name])),
      ];
    });
    expect(missing).toEqual([]);
  });

  it("answers every getter, and sends no event without a subscription", async () => {
    expect(await ask("getDuration")).toBe(SECONDS);
    expect(await ask("getPaused")).toBe(true);
    expect(await ask("getMuted")).toBe(false);
    expect(await ask("getVolume")).toBe(100);
    expect(await ask("getLoop")).toBe(false);
    expect(await ask("getCurrentTime")).toBe(2);
    await tell("play");
    await expect.poll(() => ask("getCurrentTime"), { timeout: TIMEOUT_MS }).toBeGreaterThan(2.5);
    await tell("pause");
    await expect.poll(() => ask("getPaused")).toBe(true);
    const events = await page.evaluate(() =>
      (globalThis as Noting).messages.map((text) => (JSON.parse(text) as { event: string }).event),
    );
    // The page has subscribed to ready only.
    expect(events.filter((event) => event !== "ready" && !event.startsWith("get"))).toEqual([]);
  });

  it("obeys every method", async () => {
    await tell("setVolume", 30);
    await expect.poll(() => ask("getVolume")).toBe(30);
    await tell("mute");
    await expect.poll(() => ask("getMuted")).toBe(true);
    await tell("unmute");
    await expect.poll(() => ask("getMuted")).toBe(false);
    expect(await ask("getVolume")).toBe(30);
    await tell("setCurrentTime", 12.5);
    await expect.poll(() => ask("getCurrentTime")).toBe(12.5);
  });

  it("sends every subscribed event until it is unsubscribed", async () => {
    for (const event of ["play", "pause", "timeupdate", "ended", "error"]) await listenFor(event);
    await tell("play");
    await expect.poll(() => notes("play")).toHaveLength(1);
    await expect.poll(async () => (await notes("timeupdate")).length).toBeGreaterThan(1);
    const [update] = await notes("timeupdate");
    expect(update?.value).toEqual({ seconds: expect.any(Number), duration: SECONDS });
    await tell("pause");
    await expect.poll(() => notes("pause")).toHaveLength(1);
    await page.evaluate(() => (globalThis as Noting).client.off("timeupdate"));
    const before = (await notes("timeupdate")).length;
    await tell("setCurrentTime", SECONDS - 0.5);
    await tell("play");
    await expect.poll(() => notes("ended"), { timeout: TIMEOUT_MS }).toHaveLength(1);
    expect(await ask("getPaused")).toBe(true);
    expect((await notes("timeupdate")).length).toBe(before);
    await page.evaluate(() => (globalThis as Noting).client.send({ method: "fly" }));
    await expect.poll(() => notes("error")).toMatchObject([{ value: { code: 2 } }]);
  });

  it("starts again at its end if it loops", async () => {
    await tell("setLoop", true);
    await expect.poll(() => ask("getLoop")).toBe(true);
    await tell("setCurrentTime", SECONDS - 0.5);
    await tell("play");
    const wrapped = async () => {
      const seconds = Number(await ask("getCurrentTime"));
      return seconds > 0.2 && seconds < SECONDS - 1;
    };
    await expect.poll(wrapped, { timeout: TIMEOUT_MS }).toBe(true);
    expect(await ask("getPaused")).toBe(false);
    expect(await notes("ended")).toHaveLength(1);
    await tell("setLoop", false);
    await expect.poll(() => ask("getLoop")).toBe(false);
    await tell("pause");
  });

  it("reports how much of the sound is loaded", async () => {
    // The page's cache has the sound by now; the player requests it again all the same.
    await page.reload();
    await page.evaluate(() => {
      const noting = globalThis as Noting;
      noting.notes = [];
      noting.client = new playerjs.Player(
        globalThis.document.querySelector<HTMLIFrameElement>("#frame")!,
      );
      noting.client.on("progress", (value) => noting.notes.push({ event: "progress", value }));
      noting.client.play();
    });
    await expect
      .poll(async () => (await notes("progress")).at(-1)?.value, { timeout: TIMEOUT_MS })
      .toEqual({ seconds: SECONDS, duration: SECONDS });
    await tell("pause");
  });

  it("reports the selected parts and their score", async () => {
    await listenFor("select");
    await page.evaluate(() =>
      (globalThis as Noting).client.send({ method: "setSelection", value: "4.4.4.4.4" }),
    );
    await expect
      .poll(async () => (await notes("select")).at(-1)?.value, { timeout: TIMEOUT_MS })
      .toMatchObject({ selection: "4.4.4.4.4", relevance: expect.any(Number), whole: false });
    const view = () =>
      page.evaluate(
        () =>
          new Promise<unknown>((resolve) => {
            (globalThis as Noting).client.send({ method: "getView" }, resolve);
          }),
      );
    expect(await view()).toBe("time+source");
    await page.evaluate(() =>
      (globalThis as Noting).client.send({ method: "setView", value: "source" }),
    );
    await expect.poll(view).toBe("source");
  });

  it("shows no fault on the way", () => {
    expect(faults).toEqual([]);
  });
}
