import { firstTracks, followExplanation, type Scenario } from "./scenario.ts";

const CALLERS = { short: 12, full: 60 } as const;
const TIMEOUT_MS = 10 * 60_000;

/** A crowd requests one explanation whose table is stored: all get it, for about the price of one. */
export const crowd: Scenario = {
  name: "a crowd",
  async run(extent, start) {
    const { stack } = await start();
    const [track] = await firstTracks(stack, 1);
    if (track === undefined) throw new Error("the catalogue is empty");
    const explain = (listener: string) =>
      followExplanation(stack, { listener, track, type: "time+source" }, TIMEOUT_MS);
    // The first builds the table, the second shows what counting alone takes.
    await explain("bram");
    const one = await timed(() => explain("ilse"));
    const all = await timed(() =>
      Promise.all(Array.from({ length: CALLERS[extent] }, () => explain("noor"))),
    );
    const faults = all.result.flatMap((end) => (end.state === "done" ? [] : [end.reason]));
    const ratio = all.seconds / one.seconds;
    // Each counting for itself would take as many times as long as there are callers.
    if (ratio > CALLERS[extent] / 3) faults.push(`took ${ratio.toFixed(1)} times as long as one`);
    return {
      faults,
      measured: { callers: CALLERS[extent], "times as long as one": Number(ratio.toFixed(1)) },
    };
  },
};

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const startedAt = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - startedAt) / 1000 };
}
