import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ListenerId } from "@lemons/shared/contract/identifier";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCatalogue, readListening } from "../../research/catalogue/read-catalogue.ts";
import { findListenerModels } from "../../research/evaluate/listener-models.ts";
import { decodeAudio } from "../audio/decode.ts";
import type { ModelPackage } from "../model/model-package.ts";
import { readModelPackage } from "../model/node/read-model-package.ts";
import { createScorer } from "../model/scorer.ts";
import { createNodeRuntime } from "../runtime/node/node-runtime.ts";
import { scoreAudio } from "./score-audio.ts";

const DEMO = fileURLToPath(new URL("../../../demo", import.meta.url));
const SHARED = join(DEMO, "models", "shared");
const RECOMMENDATIONS = 10;
const ALL_TRACKS_MS = 600_000;

const scorer = createScorer({ runtime: createNodeRuntime({ provider: "cpu", threads: 2 }) });
afterAll(() => scorer.dispose());

/** Returns the models' logits of every demo track, and of thirty seconds of silence. */
async function scoreDemo(models: readonly ModelPackage[]) {
  const { tracks } = await readCatalogue(DEMO);
  const logitsOf = async (mix: Parameters<typeof scoreAudio>[0]["mix"]) => {
    const { scores, forwards } = await scoreAudio({ mix, models, scorer });
    expect(forwards).toBe(new Set(models.map((each) => each.manifest.encoderVersion)).size);
    return scores.map(({ logit }) => logit);
  };
  const silence = { sampleRate: 16_000, channels: [new Float32Array(30 * 16_000)] };
  const ofTracks = new Map<string, number[]>();
  for (const { slug, file } of tracks) {
    ofTracks.set(slug, await logitsOf(await decodeAudio(await readFile(join(DEMO, file)))));
  }
  return { ofTracks, ofSilence: await logitsOf(silence) };
}

describe("the demo's models", async () => {
  const listeners = await findListenerModels(SHARED);
  const heads = listeners.map(({ listener }) => ({ listener, path: SHARED }));
  const all = [...heads, { listener: "bram", path: join(DEMO, "models", "classic-bram") }];
  let scored: Awaited<ReturnType<typeof scoreDemo>>;
  const heard = new Map<string, Set<string>>();
  beforeAll(async () => {
    const models = await Promise.all(
      all.map(({ path, listener }) => readModelPackage(path, ListenerId.parse(listener))),
    );
    scored = await scoreDemo(models);
    for (const { listener, track } of await readListening(DEMO, await readCatalogue(DEMO))) {
      heard.set(listener, (heard.get(listener) ?? new Set()).add(track));
    }
  }, ALL_TRACKS_MS);

  it("cover the seven listeners", () => {
    expect(heads).toHaveLength(7);
  });

  it.each([...all.entries()])(
    "score their recommendations above 0.5 and above silence: %i %j",
    (index, { listener }) => {
      const recommended = [...scored.ofTracks]
        .filter(([track]) => !heard.get(listener)!.has(track))
        .map(([, logits]) => logits[index]!)
        .sort((a, b) => b - a)
        .slice(0, RECOMMENDATIONS);
      expect(recommended).toHaveLength(RECOMMENDATIONS);
      expect(sigmoid(recommended[0]!)).toBeGreaterThan(0.5);
      expect(scored.ofSilence[index]).toBeLessThan(recommended.at(-1)!);
    },
  );
});
