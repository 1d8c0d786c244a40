/** The compute thread's tasks, and the messages that it exchanges with the main thread. */
import type {
  Component,
  Explanation,
  Highlight,
  TableRecord,
} from "@lemons/shared/contract/explanation";
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
import type { ResolvedQuestion } from "../explain/explain-audio.ts";
import type { TableOfAudio } from "../explain/table-of-audio.ts";
import type { InputSubject } from "../input-error.ts";
import type { AudioScore } from "../recommend/score-audio.ts";

/** A model in one file. */
export interface ModelBytes {
  manifest: ModelManifest;
  onnx: Uint8Array;
}

/** A model as its encoder's file and its head's numbers. */
export interface SplitModelBytes {
  manifest: SplitModelLink["manifest"];
  encoder: Uint8Array;
  head: ModelHead;
}

/** An encoder without a head. */
export interface EncoderBytes {
  version: Sha256;
  frontEnd: FrontEnd;
  onnx: Uint8Array;
}

/** A model on disk: a package folder or a bare `.onnx` file. */
export interface ModelPath {
  path: string;
  /** Required for a package with the heads of several listeners. */
  listener?: ListenerId | undefined;
}

export type ModelSource = ModelBytes | SplitModelBytes | ModelPath;

/** An encoder, alone or as a part of a model in one file. */
export type EncoderSource = EncoderBytes | ModelBytes;

/** A track as encoded files: a mix, stems, or both. */
export interface SoundBytes {
  audio: Uint8Array | null;
  /** The owner's stems by source, or the path of a folder with them. */
  stems: Map<SourceName, Uint8Array> | string | null;
}

/** A response table as it is stored. */
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

/** Input and output of each task by its name. */
export type TaskTypes = Record<string, { input: unknown; output: unknown }>;

/** The engine's own tasks. Research adds its own to them (research/compute). */
export type EngineTasks = {
  score: {
    input: { models: ModelSource[]; sound: SoundBytes };
    output: {
      /** In the order of the models. */
      scores: (AudioScore & { version: string })[];
      forwards: number;
      peaks: number[];
      /** Length of the track. */
      seconds: number;
      /** Reasons why the model hears less than a listener: see `audioWarnings`. */
      warnings: string[];
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
      /** The encoder of a whole model; null for an encoder, or a model that can't be split. */
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
      /** Renders the highlights as audio. */
      render: boolean;
      /** A stored response table that answers the question, if one exists. */
      table?: StoredTable | null | undefined;
    };
    output: {
      explanation: Explanation;
      highlights: EncodedHighlight[];
      /** table.bin, folded for this listener; null if the explanation didn't use a table. */
      table: Uint8Array<ArrayBuffer> | null;
      warnings: string[];
    };
  };
  probe: {
    input: { sound: SoundBytes };
    output: {
      sampleRate: number;
      channels: number;
      seconds: number;
      peaks: number[];
      warnings: string[];
    };
  };
  table: {
    input: {
      model: EncoderSource;
      sound: SoundBytes;
      audioSha256: string;
      /** `none` for a table of time segments only. */
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
      /** Only highlights that have components. */
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
};

/** How a task reports while it runs, and is stopped. */
export interface TaskContext {
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
  onRelevance: (relevance: number) => void;
}

/** The functions of some tasks. `transfer` lists the buffers of the output that change threads. */
export type TaskTable<Tasks extends TaskTypes> = {
  [Name in keyof Tasks]: (
    input: Tasks[Name]["input"],
    context: TaskContext,
  ) => Promise<{ output: Tasks[Name]["output"]; transfer: ArrayBuffer[] }>;
};

/** The settings of a compute thread: its `workerData`. */
export interface ComputeSetup {
  provider: "cpu" | "cuda";
  threads: number;
  /** Folder that keeps response tables for the next process; null for none. */
  cacheFolder?: string | null;
  /** Milliseconds that separated sources and tables are kept; without limit by default. */
  cacheMs?: number;
}

/** From the main thread. */
export type ComputeOrder =
  | { kind: "run"; task: string; input: unknown }
  | { kind: "cancel" }
  /** Exit as soon as no native call is running. */
  | { kind: "leave" };

/** From the compute thread: `ready` once; for each run any number of events, then its end. */
export type ComputeReport =
  | { kind: "ready" }
  | { kind: "progress"; progress: Progress }
  | { kind: "relevance"; relevance: number }
  | { kind: "done"; output: unknown }
  | { kind: "input-unusable"; subject: InputSubject; reason: string }
  | { kind: "failed"; error: unknown };
