import type { Highlight } from "@lemons/shared/contract/explanation";
import type {
  ExplanationId,
  ModelId,
  Sha256,
  StemsId,
  TableId,
} from "@lemons/shared/contract/identifier";

/** Keys of the object store (R2). docs/storage.md says what lies there and for how long. */

/** A track's audio file, as uploaded. */
export const audioKey = (audio: Sha256): string => `audio/${audio}`;

/** Bytes on their way to be an audio file; what is a day old was left behind. */
export const temporaryKey = (name: string): string => `${TEMPORARY_PREFIX}${name}`;
export const TEMPORARY_PREFIX = "uploads/";

/** Everything that was made of an audio file's sound. */
export const stemsPrefix = (audio: Sha256): string => `stems/${audio}/`;

/** One true stem of a track; the middle name is the separator that takes stems as they are. */
export const stemKey = (audio: Sha256, source: string): string => `stems/${audio}/stems/${source}`;

/** One source of a sound's snippet, rendered; it lies beside the true stems of the same sound. */
export const renderedStemKey = (id: StemsId, source: string): string => {
  const sound = id.slice(0, 64);
  return `stems/${sound}/${id.slice(65)}/${source}.mp3`;
};

/** One file of a model package of one model. */
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

/** A response table as the gpu-worker stores it. */
export const tableKey = (id: TableId): string => `tables/${id}.bin`;

/** What is known of a response table: written last, so that it is there only when the table is. */
export const tableRecordKey = (id: TableId): string => `tables/${id}.json`;

/** Everything about an explanation. */
export const explanationPrefix = (id: ExplanationId): string => `explanations/${id}/`;

/** The canonical question of an explanation, stored when it is first asked. */
export const questionKey = (id: ExplanationId): string => `explanations/${id}/question.json`;

/** A finished explanation: written last, so that it is there only when everything else is. */
export const explanationKey = (id: ExplanationId): string => `explanations/${id}/explanation.json`;

/** An explanation as a picture, drawn when it is first asked for. */
export const pictureKey = (id: ExplanationId): string => `explanations/${id}/picture.png`;

/** Rendered audio of an explanation. */
export const highlightKey = (id: ExplanationId, name: Highlight["name"]): string =>
  `explanations/${id}/${name}.mp3`;
