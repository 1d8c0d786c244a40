import type { Component, Explanation, Highlight } from "@lemons/shared/contract/explanation";
import type { ExplanationType, SourceName } from "@lemons/shared/contract/explanation-request";
import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { SplitModelLink, WorkerInspectLine } from "@lemons/shared/contract/gpu-worker";
import type { ListenerId, Sha256 } from "@lemons/shared/contract/identifier";
import type { Progress } from "@lemons/shared/contract/job";
import type { ModelHead, ModelManifest } from "@lemons/shared/contract/model";
import type {
  MixSeparatorName,
  NO_SEPARATION,
  SeparatorName,
} from "@lemons/shared/contract/separator";
import type { StabilitySettings } from "@lemons/shared/contract/stability";
import type { TableRecord } from "@lemons/shared/contract/table-record";
import type {
  FoldInput,
  FoldResult,
} from "../../research/experiment/faithfulness/faithfulness-fold.ts";
import type { ModelStability } from "../../research/experiment/track-stability.ts";
import type { SeparationQuality } from "../../research/separation/separation-quality.ts";
import type { InputSubject } from "../../service/failure.ts";
import type { ResolvedQuestion } from "../explain/explain-audio.ts";
import type { TableOfAudio } from "../explain/table-of-audio.ts";
import type { AudioScore } from "../recommend/score-audio.ts";

/** What the main thread and the compute thread say to each other. */

/** A model as bytes. */
export interface ModelBytes {
  manifest: ModelManifest;
  onnx: Uint8Array;
}

/** A model as the bytes of its encoder and its head. */
export interface SplitModelBytes {
  manifest: SplitModelLink["manifest"];
  encoder: Uint8Array;
  head: ModelHead;
}

/** An encoder as bytes. */
export interface EncoderBytes {
  version: Sha256;
  frontEnd: FrontEnd;
  onnx: Uint8Array;
}

/** The path of a package folder, whose head of which listener, or of a bare `.onnx` file. */
export interface ModelPath {
  path: string;
  /** Needed where a package has the heads of several. */
  listener?: ListenerId | undefined;
}

/** A model as bytes, or on disk. */
export type ModelSource = ModelBytes | SplitModelBytes | ModelPath;

/** What has an encoder: the encoder as bytes, or a model in one file. */
export type EncoderSource = EncoderBytes | ModelBytes;

/** The sound of a track as encoded files. At least one of the two is there. */
export interface SoundBytes {
  audio: Uint8Array | null;
  /** Own stems by source, or the path of a folder with them. */
  stems: Map<SourceName, Uint8Array> | string | null;
}

/** A response table as it lies in the store. */
export interface StoredTable {
  record: TableRecord;
  bytes: Uint8Array;
}

export interface NamedBytes {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

export interface EncodedHighlight {
  name: Highlight["name"];
  bytes: Uint8Array<ArrayBuffer>;
  mimeType: string;
}

/** Everything that the compute thread can be asked for. */
export interface ComputeTasks {
  score: {
    input: { models: ModelSource[]; sound: SoundBytes };
    output: {
      /** In the order of the models. */
      scores: (AudioScore & { version: string })[];
      forwards: number;
      peaks: number[];
      /** Length of the track. */
      seconds: number;
    };
  };
  features: {
    input: { encoder: EncoderBytes; sound: SoundBytes };
    output: { features: Float32Array<ArrayBuffer>; peaks: number[] };
  };
  inspect: {
    input: { model: EncoderSource };
    output: {
      split: Extract<WorkerInspectLine, { kind: "result" }>["split"];
      noTable: string | null;
      /** The encoder of a whole model that could be split. */
      encoder: Uint8Array<ArrayBuffer> | null;
    };
  };
  silence: {
    input: { encoder: EncoderBytes };
    output: { features: Float32Array };
  };
  explain: {
    input: {
      model: ModelSource;
      sound: SoundBytes;
      audioSha256: string;
      separator: SeparatorName;
      question: ResolvedQuestion;
      masks?: unknown;
      querySource?: SourceName | undefined;
      /** Whether the highlights are rendered. */
      render: boolean;
      /** A response table that answers the question, if there is one. */
      table?: StoredTable | null | undefined;
    };
    output: {
      explanation: Explanation;
      highlights: EncodedHighlight[];
      /** table.bin, folded for this listener; null where none was read. */
      table: Uint8Array<ArrayBuffer> | null;
    };
  };
  probe: {
    input: { sound: SoundBytes };
    output: { sampleRate: number; channels: number; seconds: number; peaks: number[] };
  };
  table: {
    input: {
      model: EncoderSource;
      sound: SoundBytes;
      audioSha256: string;
      /** `none` for a table of time alone. */
      separator: SeparatorName | typeof NO_SEPARATION.name;
      segments: number;
    };
    output: TableOfAudio;
  };
  render: {
    input: {
      sound: SoundBytes;
      audioSha256: string;
      separator: SeparatorName;
      type: ExplanationType;
      components: Component[];
    };
    output: {
      highlights: Highlight[];
      /** Those with a sound. */
      encoded: EncodedHighlight[];
    };
  };
  stems: {
    input: {
      sound: SoundBytes;
      audioSha256: string;
      separator: SeparatorName;
      sources: SourceName[];
    };
    output: (NamedBytes & {
      mimeType: string;
      sampleRate: number;
      channels: number;
      samples: number;
    })[];
  };
  separate: {
    input: { audio: Uint8Array; separator: MixSeparatorName };
    output: {
      sources: NamedBytes[];
      version: string;
      sampleRate: number;
      seconds: number;
      residual: number;
    };
  };
  stability: {
    input: {
      models: ModelSource[];
      sound: SoundBytes;
      audioSha256: string;
      separator: SeparatorName;
      settings: StabilitySettings;
      /** Of the masks, one a repeat. */
      seeds: number[];
    };
    /** In the order of the models. */
    output: ModelStability[];
  };
  faithfulness: { input: FoldInput; output: FoldResult };
  "measure-separation": {
    input: { catalogue: string; separator: MixSeparatorName };
    output: SeparationQuality;
  };
}

export type ComputeKind = keyof ComputeTasks;

/** How the thread is set up: its `workerData`. */
export interface ComputeSetup {
  provider: "cpu" | "cuda";
  threads: number;
  /** Folder in which response tables outlive the thread; none where it is null. */
  cacheFolder?: string | null;
  /** How long what was made of a track is kept; without limit where it is left out. */
  cacheMs?: number;
}

/** From the main thread. */
export type ComputeOrder =
  | {
      [Kind in ComputeKind]: { kind: "run"; task: Kind; input: ComputeTasks[Kind]["input"] };
    }[ComputeKind]
  | { kind: "cancel" }
  /** End, once no native call is under way. */
  | { kind: "leave" };

/** From the compute thread: `ready` once; for each run any number of events, then its end. */
export type ComputeReport =
  | { kind: "ready" }
  | { kind: "progress"; progress: Progress }
  | { kind: "relevance"; relevance: number }
  | { kind: "done"; output: ComputeTasks[ComputeKind]["output"] }
  | { kind: "input-unusable"; subject: InputSubject; reason: string }
  | { kind: "failed"; error: unknown };
