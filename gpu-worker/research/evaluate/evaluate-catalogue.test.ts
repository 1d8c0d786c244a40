import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Evaluation } from "@lemons/shared/contract/evaluation";
import { ListenerId, ModelId, TrackId } from "@lemons/shared/contract/identifier";
import { averagePrecision, rocAuc } from "@lemons/shared/metrics/ranking-metrics";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InputError } from "../../engine/input-error.ts";
import { writeCatalogue } from "../catalogue/catalogue-fixture.ts";
import {
  type EvaluateCatalogueInput,
  evaluateCatalogue,
  type SoundLocation,
} from "./evaluate-catalogue.ts";
import { splitTracks } from "./split-tracks.ts";

const SLUGS = Array.from({ length: 40 }, (_, index) => TrackId.parse(`track-${index}`));
const STEMS_OF = { slug: "track-7", stems: "stems/seven" };
const model = (listener: string) => ({
  listener: ListenerId.parse(listener),
  path: join("models", listener),
  id: ModelId.parse(`model-${listener}`),
  version: "0".repeat(64),
});

let catalogue: string;
beforeAll(async () => {
  catalogue = await mkdtemp(join(tmpdir(), "lemons-evaluate-"));
  const tracks = SLUGS.map((slug) => (slug === STEMS_OF.slug ? STEMS_OF : { slug }));
  await writeCatalogue(catalogue, tracks, [
    // Every third track, every track, and one track of the train part of seed 1.
    ...SLUGS.filter((_, index) => index % 3 === 0).map((slug) => ["thirds", slug] as const),
    ...SLUGS.map((slug) => ["every", slug] as const),
    ["one", splitTracks(SLUGS, 1).train[0]!],
  ]);
});
afterAll(() => rm(catalogue, { recursive: true }));

/** An arbitrary logit that depends only on the track and the model. */
function logitOf({ path, isStems }: SoundLocation, index: number): number {
  const number = isStems ? 7 : Number(/track-(\d+)/.exec(basename(path))![1]);
  return Math.sin(3 * number + index) + (number % 3 === 0 ? 0.8 : 0);
}

function evaluate(listeners: readonly string[], rest: Partial<EvaluateCatalogueInput> = {}) {
  return evaluateCatalogue({
    catalogue,
    models: listeners.map(model),
    part: "all",
    seed: 1,
    replicates: 100,
    scoreTrack: async (sound, models) => ({
      logits: models.map((_, index) => logitOf(sound, index)),
      forwards: 1,
    }),
    ...rest,
  });
}

describe("evaluateCatalogue", () => {
  it("compares logits with the listening history", async () => {
    const evaluation = await evaluate(["thirds"]);
    expect(Evaluation.parse(evaluation)).toEqual(evaluation);
    const labels = SLUGS.map((_, index) => index % 3 === 0);
    const logits = SLUGS.map((slug) => logitOf({ path: `${slug}.wav`, isStems: false }, 0));
    const [listener] = evaluation.listeners;
    expect(listener).toMatchObject({
      listener: "thirds",
      model: { id: "model-thirds" },
      tracks: 40,
      positives: 14,
      auc: rocAuc(labels, logits),
      averagePrecision: averagePrecision(labels, logits),
    });
    expect(listener!.aucInterval!.low).toBeLessThan(listener!.auc!);
    expect(listener!.aucInterval!.high).toBeGreaterThan(listener!.auc!);
    expect(evaluation.summary.auc).toEqual({ listeners: 1, mean: listener!.auc, sd: null });
    expect(evaluation.forwards).toBe(40);
  });

  it("scores each track of the part once, from its true stems if it has any", async () => {
    for (const part of ["test", "validation", "train", "all"] as const) {
      const heard: SoundLocation[] = [];
      const { split, listeners } = await evaluate(["thirds"], {
        part,
        async scoreTrack(sound, models) {
          heard.push(sound);
          return { logits: models.map((_, index) => logitOf(sound, index)), forwards: 1 };
        },
      });
      expect(split).toEqual({ part, seed: 1, train: 32, validation: 4, test: 4 });
      const slugs = part === "all" ? SLUGS : splitTracks(SLUGS, 1)[part];
      expect(heard.map(({ path }) => path).sort()).toEqual(
        slugs
          .map((slug) => join(catalogue, slug === STEMS_OF.slug ? STEMS_OF.stems : `${slug}.wav`))
          .sort(),
      );
      for (const { path, isStems } of heard) expect(isStems).toBe(path.includes("seven"));
      expect(listeners[0]!.tracks).toBe(slugs.length);
    }
  });

  it("returns null metrics and a note for a listener without both classes, and excludes them from the mean", async () => {
    const evaluation = await evaluate(["every", "one", "thirds"], { part: "validation" });
    const [every, one, thirds] = evaluation.listeners;
    for (const listener of [every, one]) {
      expect(listener).toMatchObject({ auc: null, aucInterval: null, averagePrecision: null });
    }
    expect([every!.positives, one!.positives]).toEqual([4, 0]);
    expect(evaluation.summary.auc).toEqual({ listeners: 1, mean: thirds!.auc, sd: null });
    const notes = evaluation.notes.join("\n");
    expect(notes).toContain("every has listened to all of the 4 tracks");
    expect(notes).toContain("one has listened to none of the 4 tracks");
    expect(notes).toContain("in one class (listened to or not): thirds.");
    expect(notes).toContain("a model was chosen by its validation metrics");
  });

  it("gives a listener the same numbers alone and with other listeners", async () => {
    const alone = await evaluate(["thirds"]);
    const together = await evaluate(["thirds", "one"]);
    expect(together.listeners[0]).toEqual(alone.listeners[0]);
  });

  it("returns no intervals for 0 replicates", async () => {
    const { bootstrap, listeners } = await evaluate(["thirds"], { replicates: 0 });
    expect(bootstrap).toBeNull();
    expect(listeners[0]).toMatchObject({ aucInterval: null, averagePrecisionInterval: null });
    expect(listeners[0]!.auc).not.toBeNull();
  });

  it("refuses a model whose listener isn't in the catalogue, and a part without tracks", async () => {
    const stranger = evaluate(["thirds", "stranger"]);
    await expect(stranger).rejects.toThrow(
      /models\/stranger is a model of "stranger", a listener that/,
    );
    await expect(stranger).rejects.toThrow(InputError);

    const two = await mkdtemp(join(tmpdir(), "lemons-evaluate-"));
    try {
      await writeCatalogue(two, [{ slug: "a" }, { slug: "b" }], [["thirds", "a"]]);
      const empty = evaluate(["thirds"], { catalogue: two, part: "test" });
      await expect(empty).rejects.toThrow(/the test part is empty: .* the catalogue has 2/);
    } finally {
      await rm(two, { recursive: true });
    }
  });
});
