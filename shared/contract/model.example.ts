import type { FittedHead } from "./head.ts";
import type { Model } from "./model.ts";
import type { ModelList, PublishedModels } from "./model-list.ts";

export const modelExample = {
  id: "demo-ilse",
  listener: "ilse",
  version: "21847891a4a170c0923f6d7bb4b49e5e658d1601b1cfe460e419f75f12b1acf9",
  encoderVersion: "97e97e62c95d57b2bd5ee8464e82e62058f38c49ea1b7cb5583ff3b721bab65e",
  headVersion: "7de545690368e9640739e4b0398450fff65a30a30c4feb14bd3c14d24eea3cc4",
} as const satisfies Model;

export const modelListExample: ModelList = {
  models: [{ ...modelExample, package: "demo", active: true }],
  nextCursor: null,
};

/** What is published, and what is in use, are told alike. */
export const modelsExample: PublishedModels = { models: [modelExample] };

export const fittedHeadExample: FittedHead = {
  model: modelExample,
  tracks: 72,
  listened: 15,
  silence: true,
};
