import { SNIFFED_BYTES, sniffAudio } from "@lemons/shared/audio/sniff-audio";
import { type Message, MessageError } from "../texts/translate.ts";
import { inMegabytes } from "./megabytes.ts";

/**
 * Why a file would be refused, as far as that can be told without sending it.
 *
 * @param maxBytes that the service takes
 * @returns null where nothing speaks against it
 */
export async function songFault(file: Blob, maxBytes: number): Promise<Message | null> {
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
    // A folder, or a file that was moved after it was chosen.
    throw new MessageError("song.unreadable", {}, { cause: error });
  }
}
