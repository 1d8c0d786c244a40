import { describe, expect, it } from "vitest";
import { createTerminal } from "./terminal.ts";

function fake(stderr: { isTTY?: boolean; columns?: number } = {}) {
  const out: string[] = [];
  const err: string[] = [];
  let clock = 0;
  const terminal = createTerminal(
    {
      stdout: { write: (text) => out.push(text) },
      stderr: { write: (text) => err.push(text), ...stderr },
    },
    () => clock,
  );
  return { terminal, out, err, wait: (ms: number) => (clock += ms) };
}

describe("progress without a terminal", () => {
  it("prints a line for each phase, and one every five seconds within it", () => {
    const { terminal, out, err, wait } = fake();
    terminal.progress({ phase: "decoding", done: 0, total: 1 });
    for (let done = 0; done < 100; done++) {
      terminal.progress({ phase: "scoring", done, total: 100 });
      wait(100);
    }
    terminal.print("result\n");
    expect(err).toEqual(["decoding 0/1\n", "listening 0/100\n", "listening 50/100\n"]);
    expect(out).toEqual(["result\n"]);
  });
});

describe("progress on a terminal", () => {
  it("shows one bar and removes it before the result", () => {
    const { terminal, err } = fake({ isTTY: true, columns: 60 });
    terminal.progress({ phase: "scoring", done: 5, total: 10 });
    terminal.progress({ phase: "scoring", done: 5, total: 10 });
    terminal.print("result\n");
    terminal.endProgress();
    expect(err).toEqual(["\r[############............] listening 5/10\u001b[K", "\r\u001b[K"]);
  });

  it("cuts the bar to the width of the terminal", () => {
    const { terminal, err } = fake({ isTTY: true, columns: 20 });
    terminal.progress({ phase: "separating", done: 0, total: 0 });
    expect(err[0]).toBe("\r[..................\u001b[K");
  });
});

describe("a step", () => {
  it("moves the bar, and a note replaces it by a line", () => {
    const { terminal, err } = fake({ isTTY: true, columns: 60 });
    terminal.step("epoch 1/2", 1, 2);
    terminal.note("epoch 1 done");
    expect(err).toEqual([
      "\r[############............] epoch 1/2\u001b[K",
      "\r\u001b[K",
      "epoch 1 done\n",
    ]);
  });

  it("prints nothing without a terminal", () => {
    const { terminal, err } = fake();
    terminal.step("epoch 1/2", 1, 2);
    terminal.note("epoch 1 done");
    expect(err).toEqual(["epoch 1 done\n"]);
  });
});

describe("control characters", () => {
  it("never reach the terminal raw", () => {
    const { terminal, out, err } = fake({ isTTY: true });
    terminal.print("a\u001b[2J.wav\n");
    terminal.note("b\u009b.wav");
    terminal.step("c\u0007\n", 1, 2);
    expect(out).toEqual(["a\\u001b[2J.wav\n"]);
    expect(err).toEqual(["b\\u009b.wav\n", "\r[############............] c\\u0007\\u000a\u001b[K"]);
  });
});
