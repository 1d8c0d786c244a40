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
  /** File that keeps finished folds so that an interrupted run can resume; null for none. */
  record: string | null;
  runFold: (input: FoldInput) => Promise<FoldResult>;
}

const FoldRecord: z.ZodType<FoldResult> = z.object({
  sources: z.array(SourceName),
  answers: z.array(z.object({ labels: z.array(z.boolean()), logits: z.array(z.number()) })),
  cases: z.array(FaithfulnessCase),
});

/**
 * Compares explanations with the ground truth, over the tracks of a catalogue with true stems. Each
 * track is held out once: the listeners it is explained to were trained on the other folds. An
 * interrupted run with a record resumes after the last finished fold, with the same result.
 *
 * @throws InputError if the catalogue has too few such tracks, or one can't be used
 */
export async function faithfulnessOfCatalogue(
  input: FaithfulnessOfCatalogueInput,
): Promise<Faithfulness> {
  const { catalogue, settings, runFold } = input;
  const tracks = await readTruthTracks(catalogue, settings.segments);
  if (tracks.length < settings.folds) {
    throw new InputError(
      `${catalogue} has ${tracks.length} tracks with stems and truth, too few for ${settings.folds} folds; give a smaller --folds`,
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
    result: FoldRecord,
  });
  const folds: FoldResult[] = [];
  for (let fold = 0; fold < settings.folds; fold++) {
    const heldOut = tracks.map(({ slug }) => slug).filter((_, i) => i % settings.folds === fold);
    const recorded = record.get(String(fold));
    const result = recorded ?? (await runFold({ tracks, heldOut, fold, settings }));
    if (!recorded) await record.add(String(fold), result);
    folds.push(result);
  }
  const cases = folds.flatMap((fold) => fold.cases);
  return {
    schemaVersion: 1,
    settings,
    tracks: tracks.map(({ slug }) => slug),
    detection: summariseDetection(folds),
    summary: summariseFaithfulness(cases, settings.seed),
    cases,
  };
}

/**
 * Summarises by source, over all folds, how well planted listeners detect it. The AUC is the mean of
 * the folds' AUCs, because logits of different networks have different scales.
 */
function summariseDetection(folds: readonly FoldResult[]): PlantDetection[] {
  return folds[0]!.sources.map((source, index) => {
    const answers = folds.map((fold) => fold.answers[index]!);
    const correct = answers.flatMap(({ labels, logits }) =>
      logits.map((logit, item) => logit > 0 === labels[item]),
    );
    const aucs = answers.flatMap(({ labels, logits }) => rocAuc(labels, logits) ?? []);
    const sourceCases = folds
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
      mixtures: correct.length,
      positives: answers.flatMap(({ labels }) => labels).filter(Boolean).length,
      auc: mean(aucs),
      accuracy: correct.filter(Boolean).length / correct.length,
      tracks: sourceCases.length,
      verified: sourceCases.filter(({ verified }) => verified).length,
    };
  });
}
