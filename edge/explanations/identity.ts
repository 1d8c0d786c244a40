import {
  DEFAULT_SAMPLES,
  type ExplanationRequest,
  type ExplanationType,
} from "@lemons/shared/contract/explanation-request";
import { NO_SEPARATION, SEPARATOR_VERSIONS } from "@lemons/shared/contract/separator";
import { RIDGE_ALPHA } from "@lemons/shared/explanation/local-fit";
import { explanationId } from "@lemons/shared/identity/explanation-id";
import { findListener } from "../catalogue/listeners.ts";
import { activeModel } from "../catalogue/models.ts";
import { findTrack, findTrackFiles } from "../catalogue/tracks.ts";
import { ProblemError } from "../problems/problem.ts";
import type { Asked } from "./asked.ts";

/** Raise it when the way responses are computed changes: every earlier id is stale then. */
const RESPONSE_SCHEMA = 1;

/** The model hears at most this much, from the middle of the track. */
const SNIPPET_SECONDS = 30;

/**
 * Settles everything a request leaves open: the listener's active model, the track's sound, the
 * separator (true stems where there are any), the neighbourhood; and from all of it the id.
 *
 * @throws ProblemError unknown-listener, unknown-track, no-model
 */
export async function resolveQuestion(
  db: D1Database,
  { listener, track, ...question }: ExplanationRequest,
): Promise<Asked> {
  const [profile, active, detail, files] = await Promise.all([
    findListener(db, listener),
    activeModel(db, listener),
    findTrack(db, track),
    findTrackFiles(db, track),
  ]);
  if (profile === null) throw new ProblemError({ kind: "unknown-listener", id: listener });
  if (detail === null || files === null) {
    throw new ProblemError({ kind: "unknown-track", id: track });
  }
  if (active === null) throw new ProblemError({ kind: "no-model", listener });

  const separator = separatorFor(question.type, Object.keys(files.stems).length > 0);
  const neighbourhood = question.neighbourhood ?? {
    kind: "sampled" as const,
    samples: DEFAULT_SAMPLES[question.type],
    seed: 0,
  };
  const model = { id: active.model.id, version: active.model.version };
  const seconds = Math.min(detail.seconds, SNIPPET_SECONDS);
  const id = await explanationId({
    responses: {
      schema: RESPONSE_SCHEMA,
      model,
      audioSha256: files.soundSha256,
      snippet: { startSeconds: (detail.seconds - seconds) / 2, seconds },
      separator,
      segments: question.segments,
      type: question.type,
      samples: neighbourhood.samples,
      seed: neighbourhood.seed,
    },
    question: {
      model,
      type: question.type,
      neighbourhood,
      kernelWidth: question.kernelWidth,
      ridgeAlpha: RIDGE_ALPHA,
      featureSelection: question.featureSelection,
      features: question.features ?? null,
      target: question.target,
    },
  });
  return {
    id,
    listener,
    track,
    model: active.manifest,
    sound: {
      audioSha256: files.audioSha256,
      soundSha256: files.soundSha256,
      stems: files.stems,
    },
    separator,
    question: { ...question, neighbourhood },
  };
}

/** True stems where there are any; else nothing where only time is cut; else the built-in separator. */
function separatorFor(type: ExplanationType, hasStems: boolean): Asked["separator"] {
  if (hasStems) return { name: "stems", version: SEPARATOR_VERSIONS.stems };
  return type === "time" ? NO_SEPARATION : { name: "dsp", version: SEPARATOR_VERSIONS.dsp };
}
