import { setTimeout as sleep } from "node:timers/promises";
import { firstTracks, followExplanation, type Scenario } from "./scenario.ts";

const COUNT = { short: 2, full: 20 } as const;
const KILLS = { short: 2, full: 6 } as const;
const SECONDS_BETWEEN_KILLS = 5.6;
const SECONDS_AWAY = 0.3;
const TIMEOUT_MS = 20 * 60_000;

/** The gpu-worker is killed again and again, and is back after 0.3 s: every explanation ends done. */
export const dyingWorker: Scenario = {
  name: "a worker that dies",
  async run(extent, start) {
    const { stack } = await start();
    const tracks = await firstTracks(stack, COUNT[extent]);
    const ends = Promise.all(
      tracks.map((track) =>
        followExplanation(stack, { listener: "noor", track, type: "source" }, TIMEOUT_MS),
      ),
    );
    for (let kill = 0; kill < KILLS[extent]; kill++) {
      await sleep(SECONDS_BETWEEN_KILLS * 1000);
      await stack.worker().kill();
      await sleep(SECONDS_AWAY * 1000);
      await stack.restartWorker();
    }
    const found = await ends;
    return {
      faults: found.flatMap((end, index) =>
        end.state === "done" ? [] : [`${tracks[index]}: ${end.state}, ${end.reason}`],
      ),
      measured: {
        explanations: found.length,
        done: found.filter(({ state }) => state === "done").length,
        kills: KILLS[extent],
      },
    };
  },
};
