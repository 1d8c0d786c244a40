import type { Listener, ListenerPage, ListenerProfile, ListenerRemoval } from "./listener.ts";
import { modelExample } from "./model.example.ts";
import type { RecommendationPage } from "./recommendation.ts";
import { trackExample } from "./track.example.ts";

const listenerExample = {
  id: "ilse",
  name: "Ilse",
  taste: "Orchestral and choral pieces with long lines; does not care for drum kits.",
  tracks: 1,
  plays: 12,
} satisfies Listener;

export const listenerPageExample: ListenerPage = { listeners: [listenerExample], nextCursor: "MQ" };

export const listenerProfileExample: ListenerProfile = {
  ...listenerExample,
  history: [{ plays: 12, track: { ...trackExample, id: "wesnoth-elvish-theme" } }],
  model: modelExample,
};

export const newListenerExample: ListenerProfile = {
  id: "mira",
  name: "Mira",
  taste: "Slow strings and quiet pianos",
  tracks: 1,
  plays: 12,
  history: [{ plays: 12, track: trackExample }],
  model: null,
};

export const listenerRemovalExample: ListenerRemoval = {
  listener: "own-5c0e8b1f44d97a20b6e3c1d8f02a7b95",
  removed: { models: 1, explanations: 4 },
};

export const recommendationPageExample: RecommendationPage = {
  listener: "ilse",
  model: modelExample,
  recommendations: [{ rank: 1, track: trackExample, relevance: 0.6964, logit: 0.8302 }],
  scoring: { total: 72, scored: 72, failed: 0, reason: null },
  nextCursor: "WzAuNjk2NCwid2Vzbm90aC1iYXR0bGUtZXBpYyIsMV0",
};
