/**
 * The storeys of each package, top down. A file may import its own storey's files and any storey
 * below it; folders that are listed together stand side by side and don't import each other.
 */
export interface Storey {
  /** Folders or files, relative to the repository's root. */
  folders: readonly string[];
  /** Printed with every violation: why nothing above may be imported here. */
  because: string;
}

export const STOREYS: Readonly<Record<string, readonly Storey[]>> = {
  edge: [
    {
      folders: ["edge/index.ts", "edge/app.ts", "edge/client.ts"],
      because: "the Worker's entry and its typed client put everything together",
    },
    {
      folders: ["edge/web"],
      because: "routes and pages translate between HTTP and the work; no work knows its readers",
    },
    {
      folders: ["edge/batch"],
      because: "a batch starts work as any caller does; a request never needs a batch",
    },
    {
      folders: ["edge/work"],
      because: "work runs without a request: in a Durable Object, a queue or a schedule",
    },
    {
      folders: ["edge/catalogue"],
      because: "tracks, listeners and models exist before anything is computed for them",
    },
    {
      folders: ["edge/access", "edge/worker"],
      because: "permissions and the gpu-worker's client are decided without the catalogue",
    },
    {
      folders: ["edge/base"],
      because: "HTTP, problems and settings are the same for every subject",
    },
  ],
  "edge/work": [
    {
      folders: ["edge/work/uploads", "edge/work/heads"],
      because: "uploads and heads are a key's own; the catalogue's work does without them",
    },
    {
      folders: ["edge/work/removal", "edge/work/scoring"],
      because: "removing and scoring know what was computed, which exists without them",
    },
    {
      folders: ["edge/work/explanations"],
      because: "tables, stems and deliveries serve any number of explanations",
    },
    {
      folders: ["edge/work/stems"],
      because: "stems are rendered for a sound, whatever is explained about it",
    },
    {
      folders: ["edge/work/tables"],
      because: "a response table is built for a sound and an encoder, before any explanation",
    },
    {
      folders: ["edge/work/flight", "edge/work/webhooks"],
      because: "a flight runs any task, and a delivery carries any payload",
    },
  ],
  "gpu-worker/engine": [
    {
      folders: ["gpu-worker/engine/compute"],
      because: "the compute thread performs the engine's tasks; no step knows its thread",
    },
    {
      folders: ["gpu-worker/engine/explain", "gpu-worker/engine/recommend"],
      because: "scores and explanations are made of models, tables and separated sources",
    },
    {
      folders: ["gpu-worker/engine/response-table", "gpu-worker/engine/separate"],
      because: "tables and sources are computed without a question about them",
    },
    {
      folders: ["gpu-worker/engine/model"],
      because: "a model is read and run without knowing what it is asked about",
    },
    {
      folders: ["gpu-worker/engine/audio", "gpu-worker/engine/spectrogram"],
      because: "sound is decoded and transformed without a model",
    },
    {
      folders: ["gpu-worker/engine/onnx", "gpu-worker/engine/runtime"],
      because: "graphs and the host are the same for every computation",
    },
  ],
  "gpu-worker": [
    {
      folders: [
        "gpu-worker/cli.ts",
        "gpu-worker/server.ts",
        "gpu-worker/commands",
        "gpu-worker/service",
      ],
      because: "the two doors, the command line and the service, know nothing of each other",
    },
    {
      folders: ["gpu-worker/research"],
      because: "training and experiments use the engine; production runs without them",
    },
    {
      folders: ["gpu-worker/process"],
      because:
        "exit codes, signals and output folders belong to a Node process, not to a computation",
    },
    {
      folders: ["gpu-worker/engine"],
      because: "the engine runs in the service, the command line and the browser alike",
    },
  ],
};

/** Packages that only some folders may import. */
export interface PackageRule {
  /** Folder that the rule holds for. */
  from: string;
  /** Name of the folders inside it that are exempt, at any depth. */
  exempt: string;
  /** Package names; "node:" stands for every built-in module of Node. */
  packages: readonly string[];
  because: string;
}

export const PACKAGE_RULES: readonly PackageRule[] = [
  {
    from: "gpu-worker/engine",
    exempt: "node",
    packages: ["node:", "onnxruntime-node", "fft.js", "execa", "pino"],
    because: "the engine's core also runs in the browser: its host comes in through the runtime",
  },
];

/** Imports that are refused although they run downward. */
export const WALLS: readonly { from: string; to: string; because: string }[] = [
  {
    from: "shared",
    to: "edge",
    because: "shared is the language of both sides and imports neither",
  },
  {
    from: "shared",
    to: "gpu-worker",
    because: "shared is the language of both sides and imports neither",
  },
  { from: "edge", to: "gpu-worker", because: "the edge and the gpu-worker meet over HTTP" },
  { from: "gpu-worker", to: "edge", because: "the edge and the gpu-worker meet over HTTP" },
  {
    from: "gpu-worker/service",
    to: "gpu-worker/research",
    because: "the service's image holds no training, databases or plots",
  },
  {
    from: "gpu-worker/server.ts",
    to: "gpu-worker/commands",
    because: "the service's image holds no command line",
  },
  ...[
    "edge/web",
    "edge/batch",
    "edge/work",
    "edge/catalogue",
    "edge/access",
    "edge/worker",
    "edge/base",
  ].map((to) => ({
    from: "edge/player",
    to,
    because:
      "the player runs in browsers, also as a package; it knows the API by edge/client.ts and shared alone",
  })),
  {
    from: "edge/web",
    to: "edge/player",
    because:
      "pages name the player's elements and load its built files through edge/assets/asset-names.js",
  },
];
