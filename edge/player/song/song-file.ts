import { SNIFFED_BYTES, sniffAudio } from "@lemons/shared/audio/sniff-audio";
import { type Message, MessageError } from "../texts/translate.ts";

const MEGABYTE = 1_000_000;

/** Formats bytes as megabytes with at most one decimal. */
export function inMegabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(1).replace(/\.0$/, "");
}

/**
 * Checks a file before the upload.
 *
 * @param maxBytes upload limit of the server
 * @returns why the server would refuse the file, or null
 * @throws MessageError if the file can't be read
 */
export async function checkSongFile(file: Blob, maxBytes: number): Promise<Message | null> {
  if (file.size === 0) return { key: "song.empty" };
  if (file.size > maxBytes) {
    const values = { size: inMegabytes(file.size), limit: inMegabytes(maxBytes) };
    return { key: "song.too-large", values };
  }
  const head = new Uint8Array(await readHead(file));
  return sniffAudio(head) === null ? { key: "song.not-audio" } : null;
}

async function readHead(file: Blob): Promise<ArrayBuffer> {
  try {
    return await file.slice(0, SNIFFED_BYTES).arrayBuffer();
  } catch (error) {
    // A folder, or a file that has been moved since it was chosen.
    throw new MessageError("song.unreadable", {}, { cause: error });
  }
}
