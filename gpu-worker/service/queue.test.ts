import { describe, expect, it } from "vitest";
import { createQueue, NO_ACCOUNT, type Queue } from "./queue.ts";

const never = new AbortController().signal;

/** Lets pending promises settle. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Enters jobs one after the other and records the order of their turns. */
function createLine(queue: Queue) {
  const turns: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    turns,
    enter(name: string, account: string = NO_ACCOUNT, signal = never) {
      const places: number[] = [];
      const entered = queue.enter({
        account,
        signal,
        onProgress: ({ done, total }) => places.push(total - done),
      });
      const turn = entered.then((leave) => {
        turns.push(name);
        ends.set(name, leave);
      });
      return { places, turn };
    },
    async end(name: string) {
      ends.get(name)!();
      await settle();
    },
    /** Ends every turn until no job is left. */
    async drain() {
      for (let ended = 0; ended < turns.length; ended++) await this.end(turns[ended]!);
    },
  };
}

describe("createQueue", () => {
  it("gives a free turn at once, without progress", async () => {
    const queue = createQueue(1);
    const line = createLine(queue);
    const { places, turn } = line.enter("a");
    await turn;
    expect([queue.running, queue.waiting, queue.isFull(NO_ACCOUNT)]).toEqual([1, 0, false]);
    await line.end("a");
    expect(queue.running).toBe(0);
    expect(places).toEqual([]);
  });

  it("gives turns in order of arrival and reports places", async () => {
    const queue = createQueue(2);
    const line = createLine(queue);
    await line.enter("a").turn;
    const b = line.enter("b");
    const c = line.enter("c");
    expect(queue.isFull(NO_ACCOUNT)).toBe(true);
    await line.end("a");
    expect(line.turns).toEqual(["a", "b"]);
    expect(queue.isFull(NO_ACCOUNT)).toBe(false);
    // Ending a turn twice must not admit two jobs.
    await line.end("a");
    expect(line.turns).toEqual(["a", "b"]);
    await line.end("b");
    expect(line.turns).toEqual(["a", "b", "c"]);
    expect([b.places, c.places]).toEqual([[1], [2, 1]]);
  });

  it("lets accounts take turns", async () => {
    const line = createLine(createQueue(20));
    for (const name of ["a1", "a2", "a3", "a4"]) line.enter(name, "a");
    const b = line.enter("b1", "b");
    for (const name of ["b2", "c1"]) line.enter(name, name[0]);
    await settle();
    await line.drain();
    expect(line.turns).toEqual(["a1", "a2", "b1", "c1", "a3", "b2", "a4"]);
    expect(b.places[0]).toBe(2);
  });

  it("lets no stream of newcomers hold up a job forever", async () => {
    const line = createLine(createQueue(20));
    line.enter("a1", "a");
    line.enter("a2", "a");
    line.enter("a3", "a");
    await settle();
    for (let round = 0; round < 4; round++) {
      line.enter(`new${round}`, `new${round}`);
      await line.end(line.turns.at(-1)!);
    }
    expect(line.turns).toContain("a3");
  });

  it("moves a job back when another account's job comes first", async () => {
    const line = createLine(createQueue(20));
    await line.enter("a1", "a").turn;
    line.enter("a2", "a");
    const last = line.enter("a3", "a");
    line.enter("b1", "b");
    expect(last.places).toEqual([2, 3]);
  });

  it("keeps half of the places from any one named account", async () => {
    const queue = createQueue(3);
    const line = createLine(queue);
    for (const name of ["a1", "a2", "a3"]) line.enter(name, "a");
    await settle();
    expect([queue.isFull("a"), queue.isFull("b")]).toEqual([true, false]);
    line.enter("b1", "b");
    expect(queue.isFull("c")).toBe(true);
  });

  it("removes a job that is aborted while waiting", async () => {
    const line = createLine(createQueue(5));
    await line.enter("a").turn;
    const impatient = new AbortController();
    const gone = line.enter("gone", NO_ACCOUNT, impatient.signal);
    const last = line.enter("last");
    impatient.abort(new Error("gone"));
    await expect(gone.turn).rejects.toThrow("gone");
    expect(last.places).toEqual([2, 1]);
    await line.end("a");
    expect(line.turns).toEqual(["a", "last"]);
  });

  it("rejects a job that is aborted already", async () => {
    const queue = createQueue(1);
    const signal = AbortSignal.abort(new Error("late"));
    await expect(queue.enter({ account: NO_ACCOUNT, signal })).rejects.toThrow("late");
    expect(queue.running).toBe(0);
  });

  it("is full with a running job if none may wait", async () => {
    const queue = createQueue(0);
    expect(queue.isFull(NO_ACCOUNT)).toBe(false);
    await queue.enter({ account: NO_ACCOUNT, signal: never });
    expect(queue.isFull(NO_ACCOUNT)).toBe(true);
  });

  it("dismisses waiting jobs, but not the running one", async () => {
    const queue = createQueue(5);
    const line = createLine(queue);
    await line.enter("a").turn;
    const waiting = [line.enter("b"), line.enter("c")];
    queue.dismiss(new Error("closing"));
    for (const { turn } of waiting) await expect(turn).rejects.toThrow("closing");
    expect([queue.running, queue.waiting]).toEqual([1, 0]);
    await line.end("a");
    expect(queue.running).toBe(0);
  });
});
