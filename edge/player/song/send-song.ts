import type { Problem } from "@lemons/shared/contract/problem";
import { createClient } from "../../client.ts";
import { MessageError } from "../texts/translate.ts";

/** An audio file with its title and artist. */
export interface Song {
  file: Blob;
  title: string;
  artist: string;
}

/**
 * Uploads a song to the page's origin, by XMLHttpRequest because `fetch` reports no upload progress.
 *
 * @param onSent called with the number of bytes sent so far
 * @returns the id of the track, which may not be decoded yet
 * @throws MessageError; or the signal's reason once it is aborted
 */
export function sendSong(
  { file, title, artist }: Song,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const query = { ...(title && { title }), ...(artist && { artist }) };
    const request = new XMLHttpRequest();
    request.open("POST", createClient(location.origin).v1.tracks.$path({ query }));
    request.responseType = "json";
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Prefer", "respond-async");
    request.upload.addEventListener("progress", ({ loaded }) => onSent(loaded));
    request.addEventListener("load", () => {
      const { status, response } = request;
      if (status >= 200 && status < 300) resolve((response as { id: string }).id);
      else reject(refusal(status, response as Problem | null));
    });
    request.addEventListener("error", () => reject(new MessageError("problem.network")));
    request.addEventListener("abort", () => reject(signal.reason));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

/** Describes a refused upload by the server's problem, which says what is wrong and what to do. */
function refusal(status: number, problem: Problem | null): MessageError {
  if (problem === null) return new MessageError("problem.status", { status });
  const { title, detail } = problem;
  const reason = detail ? `${title}. ${detail}` : title;
  return new MessageError("problem.response", { status, reason });
}
