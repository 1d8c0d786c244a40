import { modelExample } from "./model.example.ts";
import type { Track, TrackDetail, TrackPage } from "./track.ts";
import type { TrackScorePage } from "./track-scores.ts";
import type { Removal, Upload } from "./upload.ts";

export const trackExample = {
  id: "wesnoth-battle-epic",
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
  id: uploadedId,
  title: "My song",
  artist: "Me",
  licence: "private",
  licenceUrl: null,
  changes: "none",
  origin: "upload",
  tags: [],
};

export const trackScorePageExample: TrackScorePage = {
  track: trackExample.id,
  scores: [{ listener: "ilse", model: modelExample, relevance: 0.6964, logit: 0.8302 }],
  missing: [],
  reason: null,
  nextCursor: "MQ",
};

export const uploadExample: Upload = { id: uploadedId, state: "probing", reason: null };

export const removalExample: Removal = {
  track: uploadedId,
  removed: { audio: true, explanations: 3, tables: 1, listens: 0 },
};
