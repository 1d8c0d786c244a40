import { describe, expect, it } from "vitest";
import { Line, type Ticket } from "./worker-line.ts";

let now = 0;
let tickets = 0;

const ticketOf = (account: string): Ticket => ({
  id: `${account}-${tickets++}`,
  account,
  since: now++,
});

/** Lets the first of the admitted finish until all have had their turn. @returns the order of turns */
function runToEnd(line: Line, all: readonly Ticket[]): string[] {
  const turns: string[] = [];
  const left = new Set(all);
  while (left.size > 0) {
    for (const ticket of left) line.enter(ticket);
    const next = [...left].filter(({ id }) => line.isAdmitted(id));
    if (next.length === 0) throw new Error("the line stands still");
    const [first] = next;
    turns.push(first!.account);
    line.leave(first!.id);
    left.delete(first!);
  }
  return turns;
}

describe("Line", () => {
  const newLine = (limits = { atOnce: 3, perAccount: 2 }) => new Line(limits, () => now);

  it("admits up to its limits and tells the others their place", () => {
    const line = newLine();
    const places = ["a", "a", "a", "b", "b"].map((account) => line.enter(ticketOf(account)));
    expect(places).toEqual([
      { isAdmitted: true, ahead: 0 },
      { isAdmitted: true, ahead: 0 },
      { isAdmitted: false, ahead: 2 },
      { isAdmitted: true, ahead: 0 },
      { isAdmitted: false, ahead: 3 },
    ]);
  });

  it("lets a newcomer's first job pass another account's tenth", () => {
    const line = newLine({ atOnce: 1, perAccount: 1 });
    const crowd = Array.from({ length: 10 }, () => ticketOf("crowd"));
    for (const ticket of crowd) line.enter(ticket);
    const stranger = ticketOf("stranger");
    expect(line.enter(stranger)).toEqual({ isAdmitted: false, ahead: 1 });
    expect(runToEnd(line, [...crowd, stranger]).slice(0, 3)).toEqual([
      "crowd",
      "stranger",
      "crowd",
    ]);
  });

  it("serves accounts by turns and each account's jobs in order of waiting", () => {
    const line = newLine({ atOnce: 1, perAccount: 1 });
    const all = ["a", "a", "a", "b", "b", "c"].map(ticketOf);
    for (const ticket of all) line.enter(ticket);
    expect(runToEnd(line, all)).toEqual(["a", "b", "c", "a", "b", "a"]);
  });

  it("gives a place back by the time of waiting after the line was lost", () => {
    const [first, second, third] = [ticketOf("a"), ticketOf("a"), ticketOf("a")];
    const line = newLine({ atOnce: 1, perAccount: 1 });
    line.hold(first);
    expect(line.enter(third).ahead).toBe(1);
    expect(line.enter(second).ahead).toBe(1);
    expect(line.enter(third).ahead).toBe(2);
  });

  it("drops a flight that is no longer heard of", () => {
    const line = newLine({ atOnce: 1, perAccount: 1 });
    line.enter(ticketOf("gone"));
    const waiting = ticketOf("a");
    expect(line.enter(waiting).isAdmitted).toBe(false);
    now += 30_000;
    expect(line.enter(waiting).isAdmitted).toBe(true);
  });
});
