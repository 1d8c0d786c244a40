import type { ProblemWords } from "./problem-words.ts";

/** What is wrong with songs of one's own. */
export const UPLOAD_PROBLEMS = {
  "not-audio": (): ProblemWords => ({
    status: 415,
    title: "The body is not an audio file",
    detail:
      "Send wav, mp3, ogg vorbis, opus, flac or m4a as the body, or as the part `audio` of multipart/form-data.",
  }),
  "storage-full": (facts: { bytes: number; storageBytes: number }): ProblemWords => ({
    status: 403,
    title: "The storage is full",
    detail: `There is no room for ${facts.bytes} bytes more: all tracks together may have ${facts.storageBytes}. DELETE /v1/tracks/{track} makes room.`,
  }),
  "visitors-full": (): ProblemWords => ({
    status: 503,
    title: "There is no room for visitors' songs at the moment",
    detail:
      "What visitors upload is removed after a day, which makes room: try again later. With an API key there is room of one's own.",
    headers: { "Retry-After": "3600" },
  }),
  "upload-failed": (facts: { id: string; attempts: number; reason: string }): ProblemWords => ({
    status: 502,
    title: "The upload could not be decoded",
    detail: `After ${facts.attempts} attempts: ${facts.reason} The same POST /v1/tracks starts it again.`,
  }),
  "not-an-upload": (facts: { id: string }): ProblemWords => ({
    status: 403,
    title: "This track belongs to the catalogue",
    detail: `${facts.id} was not uploaded with a key, so no key can remove it.`,
  }),
  "unknown-song": (): ProblemWords => ({
    status: 404,
    title: "This song is not here",
    detail:
      "It may have been deleted, its day may be over, or it was uploaded in another browser, or in one that keeps no cookies: a song can be seen where it was uploaded only.",
  }),
};
