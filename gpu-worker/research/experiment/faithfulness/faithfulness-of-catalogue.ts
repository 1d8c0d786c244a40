import { SourceName } from "@lemons/shared/contract/explanation-request";
import {
  type Faithfulness,
  FaithfulnessCase,
  type FaithfulnessSettings,
  type PlantDetection,
} from "@lemons/shared/contract/faithfulness";
import { rocAuc } from "@lemons/shared/metrics/ranking-metrics";
import { mean } from "@lemons/shared/metrics/statistics";
import { z } from "zod";
import { InputError } from "../../../engine/input-error.ts";
import { openWorkRecord } from "../work-record.ts";
import type { FoldInput, FoldResult } from "./faithfulness-fold.ts";
import { summariseFaithfulness } from "./summarise.ts";
import { readTruthTracks } from "./truth-tracks.ts";

export interface FaithfulnessOfCatalogueInput {
  /** Catalogue folder. */
  catalogue: string;
  settings: FaithfulnessSettings;
  /** File in which finished folds are kept until all are; null for none. */
  record: string | null;
  runFold: (input: FoldInput) => Promise<FoldResult>;
}

const FoldDone: z.ZodType<FoldResult> = z.object({
  sources: z.array(SourceName),
  answers: z.array(z.object({ labels: z.array(z.boolean()), logits: z.array(z.number()) })),
  cases: z.array(FaithfulnessCase),
});

/**
 * Explanations against ground truth, over the tracks of a catalogue whose stems are known. Each track
 * is held out once: the listeners that it is explained to were trained on the other folds. A run
 * with a record that was stopped goes on after the last fold done; the outcome is the same.
 *
 * @throws InputError where the catalogue has too few such tracks or one cannot be used
 */
export async function faithfulnessOfCatalogue(
  input: FaithfulnessOfCatalogueInput,
): Promise<Faithfulness> {
  const { catalogue, settings, runFold } = input;
  const tracks = await readTruthTracks(catalogue, settings.segments);
  if (tracks.length < settings.folds) {
    throw new InputError(
      `${catalogue} has ${tracks.length} tracks with stems and truth, too few for ${settings.folds} folds`,
    );
  }
  const record = await openWorkRecord({
    path: input.record,
    work: {
      experiment: "faithfulness",
      version: 1,
      settings,
      tracks: tracks.map(({ slug, stems, active }) => ({ slug, stems, active })),
    },
    result: FoldDone,
  });
  const folds: FoldResult[] = [];
  for (let fold = 0; fold < settings.folds; fold++) {
    const heldOut = tracks.map(({ slug }) => slug).filter((_, i) => i % settings.folds === fold);
    const known = record.get(String(fold));
    const result = known ?? (await runFold({ tracks, heldOut, fold, settings }));
    if (!known) await record.add(String(fold), result);
    folds.push(result);
  }
  const cases = folds.flatMap((fold) => fold.cases);
  return {
    schemaVersion: 1,
    settings,
    tracks: tracks.map(({ slug }) => slug),
    detection: detectionOf(folds),
    summary: summariseFaithfulness(cases, settings.seed),
    cases,
  };
}

/** By source, over all folds. An AUC is of one network: their logits have scales of their own. */
function detectionOf(folds: readonly FoldResult[]): PlantDetection[] {
  return folds[0]!.sources.map((source, index) => {
    const answers = folds.map((fold) => fold.answers[index]!);
    const right = answers.flatMap(({ labels, logits }) =>
      logits.map((logit, item) => logit > 0 === labels[item]),
    );
    const aucs = answers.flatMap(({ labels, logits }) => rocAuc(labels, logits) ?? []);
    const asked = folds
      .flatMap(({ cases }) => cases)
      .filter(
        (each) =>
          each.source === source &&
          each.model === "planted" &&
          each.type === "source" &&
          each.separator === "stems",
      );
    return {
      source,
      mixtures: right.length,
      positives: answers.flatMap(({ labels }) => labels).filter(Boolean).length,
      auc: mean(aucs),
      accuracy: right.filter(Boolean).length / right.length,
      tracks: asked.length,
      verified: asked.filter(({ verified }) => verified).length,
    };
  });
}
