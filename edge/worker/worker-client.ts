import type { Explanation } from "@lemons/shared/contract/explanation";
import {
  WorkerExplainLine,
  type WorkerExplainRequest,
  WorkerFeaturesLine,
  type WorkerFeaturesRequest,
  WorkerInspectLine,
  type WorkerInspectRequest,
  WorkerProbeLine,
  type WorkerProbeRequest,
  WorkerRenderLine,
  type WorkerRenderRequest,
  WorkerScoreLine,
  type WorkerScoreRequest,
  WorkerStemsLine,
  type WorkerStemsRequest,
  WorkerTableLine,
  type WorkerTableRequest,
} from "@lemons/shared/contract/gpu-worker";
import type { Progress } from "@lemons/shared/contract/job";
import type { Settings } from "../base/env.ts";
import { endedEarly, workerLines } from "./worker-lines.ts";

type ScoreLine = Extract<WorkerScoreLine, { kind: "score" | "track-failed" }>;
type FeaturesLine = Extract<WorkerFeaturesLine, { kind: "features" | "track-failed" | "result" }>;
type RenderedStems = Extract<WorkerStemsLine, { kind: "result" }>["stems"];
type InspectedModel = Extract<WorkerInspectLine, { kind: "result" }>;
type ProbeAnswer = Extract<WorkerProbeLine, { kind: "result" }>;
type TableAnswer = Extract<WorkerTableLine, { kind: "result" | "no-table" }>;
type ProgressLine = { kind: "progress"; progress: Progress };

/** What is heard of a running explanation before its end. */
export interface ExplainListener {
  onProgress(progress: Progress): void;
  onRelevance(relevance: number): void;
}

/**
 * Has the gpu-worker explain, or joins the run of the same id that it has going.
 *
 * @throws WorkerFailure saying whether another attempt makes sense; the signal's reason on abort
 */
export async function explainOnWorker(
  settings: Settings,
  request: WorkerExplainRequest,
  listener: ExplainListener,
  signal: AbortSignal,
  requestId: string,
): Promise<Explanation> {
  const lines = workerLines(settings, "/v1/explain", request, WorkerExplainLine, signal, requestId);
  for await (const line of lines) {
    switch (line.kind) {
      case "progress":
        listener.onProgress(line.progress);
        break;
      case "relevance":
        listener.onRelevance(line.relevance);
        break;
      case "result":
        return line.explanation;
    }
  }
  throw endedEarly();
}

/**
 * Has the gpu-worker score tracks, giving out each as soon as it is known.
 *
 * @throws WorkerFailure saying whether another attempt makes sense; the signal's reason on abort
 */
export async function* scoreOnWorker(
  settings: Settings,
  request: WorkerScoreRequest,
  signal: AbortSignal,
  requestId: string,
): AsyncGenerator<ScoreLine> {
  const lines = workerLines(settings, "/v1/score", request, WorkerScoreLine, signal, requestId);
  for await (const line of lines) {
    switch (line.kind) {
      case "progress":
        break;
      case "score":
      case "track-failed":
        yield line;
        break;
      case "result":
        return;
    }
  }
  throw endedEarly();
}

/**
 * Has the gpu-worker pool tracks through an encoder, giving out each as soon as it is known.
 *
 * @throws WorkerFailure saying whether another attempt makes sense; the signal's reason on abort
 */
export async function* featuresOnWorker(
  settings: Settings,
  request: WorkerFeaturesRequest,
  signal: AbortSignal,
  requestId: string,
): AsyncGenerator<FeaturesLine> {
  const lines = workerLines(
    settings,
    "/v1/features",
    request,
    WorkerFeaturesLine,
    signal,
    requestId,
  );
  for await (const line of lines) {
    switch (line.kind) {
      case "progress":
        break;
      case "features":
      case "track-failed":
        yield line;
        break;
      case "result":
        yield line;
        return;
    }
  }
  throw endedEarly();
}

/**
 * Has the gpu-worker read, check and run a model that is to be published.
 *
 * @throws WorkerFailure: `unusableInput` where the model is at fault; the signal's reason on abort
 */
export async function inspectOnWorker(
  settings: Settings,
  request: WorkerInspectRequest,
  signal: AbortSignal,
  requestId: string,
): Promise<InspectedModel> {
  const lines = workerLines(settings, "/v1/inspect", request, WorkerInspectLine, signal, requestId);
  return resultOf(lines, () => {});
}

/**
 * Has the gpu-worker build a response table, or joins the run of the same id that it has going.
 *
 * @throws WorkerFailure saying whether another attempt makes sense; the signal's reason on abort
 */
export async function tableOnWorker(
  settings: Settings,
  request: WorkerTableRequest,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
  requestId: string,
): Promise<TableAnswer> {
  const lines = workerLines(settings, "/v1/table", request, WorkerTableLine, signal, requestId);
  return resultOf(lines, onProgress);
}

/**
 * Has the gpu-worker decode an upload and tell what it is, or joins the run of the same id.
 *
 * @throws WorkerFailure saying whether another attempt makes sense; the signal's reason on abort
 */
export async function probeOnWorker(
  settings: Settings,
  request: WorkerProbeRequest,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
  requestId: string,
): Promise<ProbeAnswer> {
  const lines = workerLines(settings, "/v1/probe", request, WorkerProbeLine, signal, requestId);
  return resultOf(lines, onProgress);
}

/**
 * Has the gpu-worker render highlights, or joins the run of the same id that it has going.
 *
 * @throws WorkerFailure saying whether another attempt makes sense; the signal's reason on abort
 */
export async function renderOnWorker(
  settings: Settings,
  request: WorkerRenderRequest,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
  requestId: string,
): Promise<void> {
  const lines = workerLines(settings, "/v1/render", request, WorkerRenderLine, signal, requestId);
  await resultOf(lines, onProgress);
}

/**
 * Has the gpu-worker render the sources of a sound, or joins the run of the same id that it has going.
 *
 * @throws WorkerFailure saying whether another attempt makes sense; the signal's reason on abort
 */
export async function stemsOnWorker(
  settings: Settings,
  request: WorkerStemsRequest,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
  requestId: string,
): Promise<RenderedStems> {
  const lines = workerLines(settings, "/v1/stems", request, WorkerStemsLine, signal, requestId);
  return (await resultOf(lines, onProgress)).stems;
}

/** The line that ends an answer in which nothing but progress comes before it. */
async function resultOf<Line extends { kind: string }>(
  lines: AsyncIterable<Line | ProgressLine>,
  onProgress: (progress: Progress) => void,
): Promise<Line> {
  for await (const line of lines) {
    if (!isProgress(line)) return line;
    onProgress(line.progress);
  }
  throw endedEarly();
}

function isProgress(line: { kind: string }): line is ProgressLine {
  return line.kind === "progress";
}
