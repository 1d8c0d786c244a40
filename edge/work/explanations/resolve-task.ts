import { snippetOfTrack } from "@lemons/shared/audio/snippet";
import type { KeyId } from "@lemons/shared/contract/access";
import {
  DEFAULT_EFFECTIVE_SAMPLES,
  type ExplanationQuestion,
  type ExplanationRequest,
  type ExplanationType,
} from "@lemons/shared/contract/explanation-request";
import {
  type MixSeparatorName,
  NO_SEPARATION,
  SEPARATOR_VERSIONS,
  type SeparatorName,
} from "@lemons/shared/contract/separator";
import { RIDGE_ALPHA } from "@lemons/shared/explanation/local-fit";
import { explanationId, responseSetId, tableId } from "@lemons/shared/identity/explanation-id";
import { ANONYMOUS, type Viewer } from "../../access/caller.ts";
import { settingsOf } from "../../base/env.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { findListener } from "../../catalogue/listeners.ts";
import { type ActiveModel, activeModel } from "../../catalogue/models.ts";
import { findTrack, findTrackFiles, type TrackFiles } from "../../catalogue/tracks.ts";
import { TABLE_SCHEMA, type TableTask } from "../tables/table-task.ts";
import type { ExplanationTask } from "./explanation-task.ts";

/** Raise it if the way responses are computed changes: every earlier id is stale then. */
const RESPONSE_SCHEMA = 1;

const EVERY_MASK = { kind: "exhaustive", effectiveSamples: DEFAULT_EFFECTIVE_SAMPLES } as const;

/**
 * Resolves a request against the catalogue: the listener's active model, the track's sound, the separator
 * (the named one, else true stems if the track has any, else the deployment's), the neighbourhood (every
 * mask unless the request says otherwise). From all of it follow the ids of the explanation and of the
 * table that it is read from.
 *
 * @param viewer sees private tracks and listeners of its own besides the public ones
 * @throws ProblemError unknown-listener, unknown-track, no-model
 */
export async function resolveTask(
  env: Env,
  // The webhook is no part of the question.
  {
    listener,
    track,
    webhook: _webhook,
    webhook_events_filter: _events,
    separator,
    ...question
  }: ExplanationRequest,
  viewer: Viewer = ANONYMOUS,
): Promise<ExplanationTask> {
  const db = env.DB;
  const [profile, active, detail, files] = await Promise.all([
    findListener(db, listener, viewer),
    activeModel(db, listener),
    findTrack(db, track, viewer.owner),
    findTrackFiles(db, track, viewer.owner),
  ]);
  if (profile === null) throw new ProblemError({ kind: "unknown-listener", id: listener });
  if (detail === null || files === null) {
    throw new ProblemError({ kind: "unknown-track", id: track });
  }
  if (active === null) throw new ProblemError({ kind: "no-model", listener });
  // Hides private tracks from other keys' listeners.
  if (files.owner !== null && profile.owner !== null && files.owner !== profile.owner) {
    throw new ProblemError({ kind: "unknown-listener", id: listener });
  }
  return buildTask(active, { ...files, seconds: detail.seconds }, question, {
    separator,
    defaultSeparator: settingsOf(env).SEPARATOR,
    listenerOwner: profile.owner,
  });
}

/** The facts about a track that a task depends on. */
export type HeardTrack = Pick<TrackFiles, "track" | "audioSha256" | "soundSha256" | "stems"> & {
  seconds: number;
  /** Null or left out if the track is public. */
  owner?: KeyId | null;
};

/** The parts of a task that neither model, track nor question decide. */
export interface TaskOptions {
  /** The separator that the request names, for tracks with true stems too. */
  separator?: MixSeparatorName | undefined;
  /** The deployment's separator for tracks without stems. */
  defaultSeparator: MixSeparatorName;
  /** The key that owns the listener; null or left out if it is public. */
  listenerOwner?: KeyId | null;
}

/** Builds the task of a question about a known model and track. */
export async function buildTask(
  active: ActiveModel,
  heardTrack: HeardTrack,
  question: ExplanationQuestion,
  { separator: named, defaultSeparator, listenerOwner = null }: TaskOptions,
): Promise<ExplanationTask> {
  const { track, seconds: trackSeconds, owner: trackOwner = null, ...files } = heardTrack;
  const privateTrack = trackOwner === null ? null : track;
  // A private track has ids of its own, even if it sounds like another.
  const owned = trackOwner === null ? {} : { owner: trackOwner };
  const { listener } = active.model;
  const takesStems = named === undefined && Object.keys(files.stems).length > 0;
  const sourceSeparator = versioned(takesStems ? "stems" : (named ?? defaultSeparator));
  const neighbourhood = question.neighbourhood ?? EVERY_MASK;
  const sound = {
    audioSha256: files.audioSha256,
    soundSha256: files.soundSha256,
    stems: files.stems,
  };
  const heard = {
    audioSha256: files.soundSha256,
    snippet: snippetOfTrack(trackSeconds),
    segments: question.segments,
  };
  const { id: modelId, version, encoderVersion, headVersion } = active.model;

  let table: TableTask | null = null;
  let cheaperTable: TableTask | null = null;
  let separator: ExplanationTask["separator"];
  let responses: string;
  if (neighbourhood.kind === "exhaustive") {
    separator = sourceSeparator;
    const tableOf = async (cut: Pick<TableTask, "separator" | "segments">): Promise<TableTask> => ({
      id: await tableId({ schema: TABLE_SCHEMA, encoderVersion, ...heard, ...cut, ...owned }),
      privateTrack,
      encoderVersion,
      model: active.manifest,
      sound,
      ...cut,
    });
    const { segments } = question;
    table = await tableOf({ separator, segments });
    const cheaper = cheaperCut(question.type, { separator, segments });
    cheaperTable = cheaper && (await tableOf(cheaper));
    responses = table.id;
  } else {
    separator = question.type === "time" && !takesStems ? NO_SEPARATION : sourceSeparator;
    responses = await responseSetId({
      schema: RESPONSE_SCHEMA,
      model: { id: modelId, version },
      separator,
      ...heard,
      type: question.type,
      samples: neighbourhood.samples,
      seed: neighbourhood.seed,
      ...owned,
    });
  }
  const id = await explanationId(responses, {
    listener,
    track,
    model: { id: modelId, headVersion },
    type: question.type,
    neighbourhood,
    kernelWidth: question.kernelWidth,
    ridgeAlpha: RIDGE_ALPHA,
    featureSelection: question.featureSelection,
    features: question.features ?? null,
    target: question.target,
    threshold: question.threshold ?? null,
  });
  return {
    id,
    owner: trackOwner ?? listenerOwner,
    privateTrack,
    privateListener: listenerOwner === null ? null : listener,
    listener,
    track,
    model: active.manifest,
    headVersion,
    sound,
    separator,
    question: { ...question, neighbourhood },
    table,
    cheaperTable,
  };
}

/** Returns the cut that suffices for one type; null if it saves no work. */
function cheaperCut(
  type: ExplanationType,
  { separator, segments }: Pick<TableTask, "separator" | "segments">,
): Pick<TableTask, "separator" | "segments"> | null {
  if (type === "time") return { separator: NO_SEPARATION, segments };
  return type === "source" && segments > 1 ? { separator, segments: 1 } : null;
}

/** Adds a separator's version to its name, as ids need it. */
function versioned(name: SeparatorName): ExplanationTask["separator"] {
  return { name, version: SEPARATOR_VERSIONS[name] };
}
