import { expect, it } from "vitest";
import { snippetOfTrack } from "./snippet.ts";

it.each([
  [12.5, 0, 12.5],
  [30, 0, 30],
  [31, 0.5, 30],
  [200, 85, 30],
])("snippetOfTrack of %d s starts at %d s and lasts %d s", (track, startSeconds, seconds) => {
  expect(snippetOfTrack(track)).toEqual({ startSeconds, seconds });
});
