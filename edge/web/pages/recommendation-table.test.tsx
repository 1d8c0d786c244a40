import { ListenerId, ModelId, TrackId } from "@lemons/shared/contract/identifier";
import type { RecommendationPage } from "@lemons/shared/contract/recommendation";
import { describe, expect, it } from "vitest";
import { RecommendationTable } from "./recommendation-table.tsx";

const hash = "a".repeat(64);
const finished: RecommendationPage = {
  listener: ListenerId.parse("ilse"),
  model: {
    id: ModelId.parse("reference-ilse"),
    listener: ListenerId.parse("ilse"),
    version: hash,
    encoderVersion: hash,
    headVersion: hash,
  },
  recommendations: [
    {
      rank: 1,
      relevance: 0.8342,
      logit: 1.6,
      track: {
        id: TrackId.parse("wesnoth-revelation"),
        title: "Revelation <1>",
        artist: "Joseph G. Toscano",
        seconds: 30,
        audioSha256: hash,
        licence: "GPL-2.0-or-later",
        licenceUrl: null,
        changes: "none",
        origin: "wesnoth",
        tags: [],
        stems: [],
      },
    },
  ],
  scoring: { scored: 72, failed: 0, total: 72, reason: null },
  nextCursor: null,
};

const render = (page: RecommendationPage) =>
  (<RecommendationTable listener={ListenerId.parse("ilse")} page={page} />).toString();

describe("RecommendationTable", () => {
  it("shows rank, title, artist, relevance in words, and a link to the explanation", () => {
    const html = render(finished);
    expect(html).toContain("Revelation &lt;1&gt;");
    expect(html).toContain('Joseph G. Toscano · <span class="licence">GPL-2.0-or-later</span>');
    expect(html).toContain('src="/v1/tracks/wesnoth-revelation/audio"');
    expect(html).toContain("0.83");
    expect(html).toContain("strong");
    expect(html).toContain('href="/listeners/ilse/tracks/wesnoth-revelation#why"');
    expect(html).not.toContain("<lemons-scoring");
  });

  it("reloads while tracks are being scored", () => {
    const html = render({
      ...finished,
      recommendations: [],
      scoring: { scored: 3, failed: 1, total: 72, reason: null },
    });
    expect(html).toContain('<lemons-scoring class="scoring" region="recommendations">');
    expect(html).toContain("3 of 72 tracks");
    expect(html).toContain("The first tracks appear here in a moment.");
  });

  it("shows why scoring is paused", () => {
    const scoring = { scored: 3, failed: 0, total: 72, reason: "the gpu-worker is away" };
    expect(render({ ...finished, scoring })).toContain("Scoring is paused: the gpu-worker is away");
  });

  it("counts the tracks that couldn't be scored", () => {
    const scoring = { scored: 70, failed: 2, total: 72, reason: null };
    const html = render({ ...finished, scoring });
    expect(html).not.toContain("<lemons-scoring");
    expect(html).toContain("2 tracks couldn’t be scored");
  });

  it("shows a note if the listener has heard every track", () => {
    expect(render({ ...finished, recommendations: [] })).toContain("has heard every track");
  });
});
