import { describe, expect, it } from "vitest";
import { createQueue } from "./queue.ts";

const never = new AbortController().signal;

/** Lets everything that is ready to go on go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("createQueue", () => {
  it("gives the turn at once where nobody has it", async () => {
    const queue = createQueue(1);
    const places: number[] = [];
    const leave = await queue.enter({ signal: never, onPlace: ({ ahead }) => places.push(ahead) });
    expect([queue.running, queue.waiting, queue.full]).toEqual([1, 0, false]);
    leave();
    expect(queue.running).toBe(0);
    expect(places).toEqual([]);
  });

  it("lets the others wait in order, and tells them their place", async () => {
    const queue = createQueue(2);
    const turns: string[] = [];
    const places: Record<string, number[]> = { b: [], c: [] };
    const leaveA = await queue.enter({ signal: never });
    const leaves = new Map<string, () => void>();
    for (const name of ["b", "c"]) {
      void queue
        .enter({ signal: never, onPlace: ({ ahead }) => places[name]!.push(ahead) })
        .then((leave) => {
          turns.push(name);
          leaves.set(name, leave);
        });
    }
    expect(queue.full).toBe(true);
    leaveA();
    await settle();
    expect(turns).toEqual(["b"]);
    expect(queue.full).toBe(false);
    // Leaving twice must not let two in.
    leaveA();
    await settle();
    expect(turns).toEqual(["b"]);
    leaves.get("b")!();
    await settle();
    expect(turns).toEqual(["b", "c"]);
    expect(places).toEqual({ b: [1], c: [2, 1] });
  });

  it("lets who is aborted go, and moves the others up", async () => {
    const queue = createQueue(5);
    const leave = await queue.enter({ signal: never });
    const impatient = new AbortController();
    const gone = queue.enter({ signal: impatient.signal });
    const places: number[] = [];
    const last = queue.enter({ signal: never, onPlace: ({ ahead }) => places.push(ahead) });
    impatient.abort(new Error("gone"));
    await expect(gone).rejects.toThrow("gone");
    expect(places).toEqual([2, 1]);
    leave();
    await expect(last).resolves.toBeTypeOf("function");
  });

  it("does not let in who was aborted before", async () => {
    const queue = createQueue(1);
    await expect(queue.enter({ signal: AbortSignal.abort(new Error("late")) })).rejects.toThrow(
      "late",
    );
    expect(queue.running).toBe(0);
  });

  it("is full at once where nobody may wait", async () => {
    const queue = createQueue(0);
    expect(queue.full).toBe(false);
    await queue.enter({ signal: never });
    expect(queue.full).toBe(true);
  });

  it("sends away who waits, not who has the turn", async () => {
    const queue = createQueue(5);
    const leave = await queue.enter({ signal: never });
    const waiting = [queue.enter({ signal: never }), queue.enter({ signal: never })];
    queue.dismiss(new Error("closing"));
    for (const each of waiting) await expect(each).rejects.toThrow("closing");
    expect([queue.running, queue.waiting]).toEqual([1, 0]);
    leave();
    expect(queue.running).toBe(0);
  });
});
