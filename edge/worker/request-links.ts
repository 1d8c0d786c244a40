import type { Highlight, TableRecord } from "@lemons/shared/contract/explanation";
import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type {
  EncoderLink,
  ModelLink,
  SplitModelLink,
  TrackSound,
  WorkerExplainRequest,
  WorkerRenderRequest,
  WorkerStemsRequest,
} from "@lemons/shared/contract/gpu-worker";
import type { ExplanationId, Sha256, StemsId } from "@lemons/shared/contract/identifier";
import type { ModelManifest } from "@lemons/shared/contract/model";
import type { LinearHead } from "@lemons/shared/model/linear-head";
import { type Settings, settingsOf } from "../base/env.ts";
import {
  audioKey,
  encoderKey,
  highlightKey,
  modelKey,
  renderedStemKey,
  stemKey,
  tableKey,
} from "../base/object-keys.ts";
import { signLink } from "./object-link.ts";

/** The files of a track. */
export interface Sound {
  audioSha256: Sha256;
  stems: Readonly<Record<string, Sha256>>;
}

/** Signs links to a track: to its true stems if it has any, else to its file. */
export async function soundLinks(
  settings: Settings,
  { audioSha256, stems }: Sound,
  expiresAt: Date,
): Promise<TrackSound> {
  const link = async (key: string, sha256: Sha256) => ({
    url: await signLink(settings, { method: "GET", key, expiresAt }),
    sha256,
  });
  const sources = Object.entries(stems);
  if (sources.length === 0) return { audio: await link(audioKey(audioSha256), audioSha256) };
  const links = sources.map(
    async ([source, sha256]) => [source, await link(stemKey(audioSha256, source), sha256)] as const,
  );
  return { stems: Object.fromEntries(await Promise.all(links)) };
}

/** Signs a link to an encoder. */
export async function encoderLink(
  settings: Settings,
  { version, frontEnd }: { version: Sha256; frontEnd: FrontEnd },
  expiresAt: Date,
): Promise<EncoderLink> {
  const key = encoderKey(version);
  return { version, frontEnd, url: await signLink(settings, { method: "GET", key, expiresAt }) };
}

/** Signs a link to a model's encoder, or to the whole model if it has none. */
export function encoderOrModelLink(
  settings: Settings,
  manifest: ModelManifest,
  expiresAt: Date,
): Promise<EncoderLink | ModelLink> {
  const { encoderVersion: version, frontEnd } = manifest;
  return version === undefined
    ? modelLink(settings, manifest, expiresAt)
    : encoderLink(settings, { version, frontEnd }, expiresAt);
}

/**
 * Signs a link to a model's encoder and adds its head, or signs one to the whole model.
 *
 * @param head of the model; null if it is used whole
 */
export async function splitOrWholeModelLink(
  settings: Settings,
  manifest: ModelManifest,
  head: LinearHead | null,
  expiresAt: Date,
): Promise<SplitModelLink | ModelLink> {
  const { encoderVersion, headVersion } = manifest;
  if (head === null || encoderVersion === undefined || headVersion === undefined) {
    return modelLink(settings, manifest, expiresAt);
  }
  const { url } = await encoderLink(
    settings,
    { version: encoderVersion, frontEnd: manifest.frontEnd },
    expiresAt,
  );
  return {
    manifest: { ...manifest, encoderVersion, headVersion },
    encoder: { url },
    head: { weights: [...head.weights], bias: head.bias },
  };
}

/** Signs a link to a model in one file. */
export async function modelLink(
  settings: Settings,
  manifest: ModelManifest,
  expiresAt: Date,
): Promise<ModelLink> {
  const key = modelKey(manifest.id, manifest.version, "model.onnx");
  return { manifest, url: await signLink(settings, { method: "GET", key, expiresAt }) };
}

/** Signs links to PUT highlights to. */
export async function highlightLinks(
  settings: Settings,
  id: ExplanationId,
  names: readonly Highlight["name"][],
  expiresAt: Date,
): Promise<WorkerRenderRequest["outputs"]> {
  const links = names.map(async (name) => {
    const key = highlightKey(id, name);
    return [name, { url: await signLink(settings, { method: "PUT", key, expiresAt }) }] as const;
  });
  return Object.fromEntries(await Promise.all(links));
}

/** Signs links to PUT the sources of a sound to. */
export async function stemLinks(
  settings: Settings,
  id: StemsId,
  sources: readonly string[],
  expiresAt: Date,
): Promise<WorkerStemsRequest["outputs"]> {
  const links = sources.map(async (source) => {
    const key = renderedStemKey(id, source);
    return [source, { url: await signLink(settings, { method: "PUT", key, expiresAt }) }] as const;
  });
  return Object.fromEntries(await Promise.all(links));
}

/**
 * Signs a link to a stored response table, so that the gpu-worker needn't build it again.
 *
 * @returns null if the table is gone, or the store doesn't know its hash
 */
export async function tableLink(
  env: Env,
  record: TableRecord,
  expiresAt: Date,
): Promise<NonNullable<WorkerExplainRequest["table"]> | null> {
  const key = tableKey(record.id);
  const sha256 = (await env.BUCKET.head(key))?.checksums.toJSON().sha256;
  if (sha256 === undefined) return null;
  const url = await signLink(settingsOf(env), { method: "GET", key, expiresAt });
  return { url, sha256, record };
}
