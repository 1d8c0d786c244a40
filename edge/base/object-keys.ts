import type { Highlight } from "@lemons/shared/contract/explanation";
import type {
  ExplanationId,
  ModelId,
  Sha256,
  StemsId,
  TableId,
} from "@lemons/shared/contract/identifier";

/** Keys of the object store (R2). docs/storage.md describes each object and its lifetime. */

/** A track's audio file, as uploaded. */
export const audioKey = (audio: Sha256): string => `audio/${audio}`;

/** An upload in progress. Objects older than a day were abandoned. */
export const temporaryKey = (name: string): string => `${TEMPORARY_PREFIX}${name}`;
export const TEMPORARY_PREFIX = "uploads/";

/** All stems of a sound. */
export const stemsPrefix = (audio: Sha256): string => `stems/${audio}/`;

/** A true stem of a track. The middle name takes the place of a separator. */
export const stemKey = (audio: Sha256, source: string): string => `stems/${audio}/stems/${source}`;

/** A rendered source of a sound's snippet, beside the true stems of the same sound. */
export const renderedStemKey = (id: StemsId, source: string): string => {
  const sound = id.slice(0, 64);
  return `stems/${sound}/${id.slice(65)}/${source}.mp3`;
};

/** A file of a model package of one model. */
export const modelKey = (
  id: ModelId,
  version: Sha256,
  file: "model.onnx" | "model.json" | "encoder.onnx",
): string => `models/${id}/${version}/${file}`;

/** An encoder that any number of models share. */
export const encoderKey = (version: Sha256): string => `encoders/${version}/encoder.onnx`;

/** Pooled features of up to 1024 tracks. */
export const featuresKey = (encoder: Sha256, block: number): string =>
  `features/${encoder}/${block}.bin`;

/** A response table, as the gpu-worker stores it. */
export const tableKey = (id: TableId): string => `tables/${id}.bin`;

/** The record of a response table. Written last, so it exists only if the table does. */
export const tableRecordKey = (id: TableId): string => `tables/${id}.json`;

/** All objects of an explanation. */
export const explanationPrefix = (id: ExplanationId): string => `explanations/${id}/`;

/** The canonical question of an explanation, stored with its first request. */
export const questionKey = (id: ExplanationId): string => `explanations/${id}/question.json`;

/** A finished explanation. Written last, so it exists only if its other objects do. */
export const explanationKey = (id: ExplanationId): string => `explanations/${id}/explanation.json`;

/** An explanation as a picture, drawn on the first request. */
export const pictureKey = (id: ExplanationId): string => `explanations/${id}/picture.png`;

/** Rendered audio of an explanation. */
export const highlightKey = (id: ExplanationId, name: Highlight["name"]): string =>
  `explanations/${id}/${name}.mp3`;
