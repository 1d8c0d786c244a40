import { ListenerId, ModelId, TrackId } from "./identifier.ts";
import type { Listener, ListenerPage, ListenerProfile, ListenerRemoval } from "./listener.ts";
import type { FittedHead, Model, ModelList, PublishedModels } from "./model.ts";
import type { RecommendationPage, TrackScorePage } from "./recommendation.ts";
import type { Removal, Track, TrackDetail, TrackPage, Upload } from "./track.ts";

export const modelExample = {
  id: ModelId.parse("demo-ilse"),
  listener: ListenerId.parse("ilse"),
  version: "21847891a4a170c0923f6d7bb4b49e5e658d1601b1cfe460e419f75f12b1acf9",
  encoderVersion: "97e97e62c95d57b2bd5ee8464e82e62058f38c49ea1b7cb5583ff3b721bab65e",
  headVersion: "7de545690368e9640739e4b0398450fff65a30a30c4feb14bd3c14d24eea3cc4",
} as const satisfies Model;

export const modelListExample: ModelList = {
  models: [{ ...modelExample, package: ModelId.parse("demo"), active: true }],
  nextCursor: null,
};

/** Publishing and activating a package have the same response. */
export const modelsExample: PublishedModels = { models: [modelExample] };

export const fittedHeadExample: FittedHead = {
  model: modelExample,
  tracks: 72,
  listened: 15,
  silence: true,
};

export const trackExample = {
  id: TrackId.parse("wesnoth-battle-epic"),
  title: "Battle Epic",
  artist: "Doug Kaufman",
  seconds: 30,
  audioSha256: "3ad86a7d62fe69ecd47f0d6924758b84d63979055569bbe4ec8a8da7fe8d7792",
  licence: "GPL-2.0-or-later",
  licenceUrl: "https://www.gnu.org/licenses/old-licenses/gpl-2.0.html",
  changes: "30 s excerpt, static gain, short fades, re-encoded to Ogg Vorbis 44.1 kHz stereo",
  origin: "wesnoth-1.16-music, wesnoth-1.16-music_1%3a1.16.9-1_all.deb",
  tags: ["classical", "battle", "epic"],
  stems: [],
} satisfies Track;

export const trackDetailExample: TrackDetail = {
  ...trackExample,
  peaks: [0.12, 0.41, 0.38, 0.77, 0.94, 0.83],
};

export const trackPageExample: TrackPage = {
  tracks: [trackExample],
  nextCursor: "Indlc25vdGgtYmF0dGxlLWVwaWMi",
};

const uploadedId = "own-4d1c9a7f20b38e65d0147ac2f9b58e3361c07da2";

export const uploadedTrackExample: TrackDetail = {
  ...trackDetailExample,
  id: TrackId.parse(uploadedId),
  title: "My song",
  artist: "Me",
  licence: "private",
  licenceUrl: null,
  changes: "none",
  origin: "upload",
  tags: [],
};

export const trackScorePageExample: TrackScorePage = {
  track: TrackId.parse(trackExample.id),
  scores: [
    { listener: ListenerId.parse("ilse"), model: modelExample, relevance: 0.6964, logit: 0.8302 },
  ],
  missing: [],
  reason: null,
  nextCursor: "MQ",
};

export const uploadExample: Upload = {
  id: TrackId.parse(uploadedId),
  state: "probing",
  reason: null,
};

export const removalExample: Removal = {
  track: TrackId.parse(uploadedId),
  removed: { audio: true, explanations: 3, tables: 1, listens: 0 },
};

const listenerExample = {
  id: ListenerId.parse("ilse"),
  name: "Ilse",
  taste: "Orchestral and choral pieces with long lines; does not care for drum kits.",
  tracks: 1,
  plays: 12,
} satisfies Listener;

export const listenerPageExample: ListenerPage = { listeners: [listenerExample], nextCursor: "MQ" };

export const listenerProfileExample: ListenerProfile = {
  ...listenerExample,
  history: [{ plays: 12, track: { ...trackExample, id: TrackId.parse("wesnoth-elvish-theme") } }],
  model: modelExample,
};

export const newListenerExample: ListenerProfile = {
  id: ListenerId.parse("mira"),
  name: "Mira",
  taste: "Slow strings and quiet pianos",
  tracks: 1,
  plays: 12,
  history: [{ plays: 12, track: trackExample }],
  model: null,
};

export const listenerRemovalExample: ListenerRemoval = {
  listener: ListenerId.parse("own-5c0e8b1f44d97a20b6e3c1d8f02a7b95"),
  removed: { models: 1, explanations: 4 },
};

export const recommendationPageExample: RecommendationPage = {
  listener: ListenerId.parse("ilse"),
  model: modelExample,
  recommendations: [{ rank: 1, track: trackExample, relevance: 0.6964, logit: 0.8302 }],
  scoring: { total: 72, scored: 72, failed: 0, reason: null },
  nextCursor: "WzAuNjk2NCwid2Vzbm90aC1iYXR0bGUtZXBpYyIsMV0",
};
