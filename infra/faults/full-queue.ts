import { firstTracks, followExplanation, type Scenario } from "./scenario.ts";

const COUNT = { short: 3, full: 30 } as const;
/** In short: one job may wait at the gpu-worker, and one account may send it three. */
const SETTINGS = {
  short: {
    variables: { GPU_JOBS_PER_ACCOUNT: "3" },
    workerSettings: { LEMONS_MAX_WAITING: "1" },
  },
  full: {},
} as const;
const TIMEOUT_MS = 20 * 60_000;

/** More explanations at once than the gpu-worker's queue holds: every one of them ends done. */
export const fullQueue: Scenario = {
  name: "a full queue",
  async run(extent, start) {
    const { stack } = await start(() => SETTINGS[extent]);
    const tracks = await firstTracks(stack, COUNT[extent]);
    const startedAt = performance.now();
    const ends = await Promise.all(
      tracks.map((track) =>
        followExplanation(stack, { listener: "bram", track, type: "source" }, TIMEOUT_MS),
      ),
    );
    return {
      faults: ends.flatMap((end, index) =>
        end.state === "done" ? [] : [`${tracks[index]}: ${end.state}, ${end.reason}`],
      ),
      measured: {
        explanations: ends.length,
        done: ends.filter(({ state }) => state === "done").length,
        seconds: Math.round((performance.now() - startedAt) / 1000),
      },
    };
  },
};
