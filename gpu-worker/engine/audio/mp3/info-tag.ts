import { concatenate, viewOf } from "../bytes.ts";
import { mp3FrameAt } from "./frame-header.ts";

/** Samples that LAME inserts before the sound. */
const ENCODER_DELAY = 576;

const TAG_BYTES = 156;
const FRAMES_BYTES_SEEK_AND_QUALITY = 15;

/** CRC-16 of LAME's tag: polynomial x^16 + x^15 + x^2 + 1, reflected. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) === 0 ? 0 : 0xa001);
  }
  return crc;
}

function write(target: Uint8Array, offset: number, text: string): void {
  for (let i = 0; i < text.length; i++) target[offset + i] = text.charCodeAt(i);
}

/** Returns the offsets of all frames of an encoder's stream, which has no gaps. */
function frameOffsets(stream: Uint8Array): number[] {
  const offsets: number[] = [];
  for (let offset = 0; offset < stream.length; ) {
    const frame = mp3FrameAt(stream, offset);
    if (!frame) throw new Error(`The mp3 encoder wrote no frame at byte ${offset}.`);
    offsets.push(offset);
    offset += frame.bytes;
  }
  return offsets;
}

/**
 * Puts a silent frame with an info tag in front of a LAME stream. It tells decoders what to drop at
 * either end, so browsers play exactly the encoded samples.
 *
 * Layout: "MP3 Info Tag revision 1" (LAME project): the frame and byte count, a seek table, and
 * the delay and padding in 12 bits each. Decoders add their own 529 samples of delay.
 *
 * @param stream frames of constant bit rate, without a tag
 * @param samples encoded samples per channel
 */
export function withInfoTag(stream: Uint8Array, samples: number): Uint8Array {
  const offsets = frameOffsets(stream);
  const header = stream.slice(0, 4);
  header[2]! &= 0xfd; // no padding byte
  let frame = mp3FrameAt(header, 0)!;
  while (frame.bytes < frame.mainData + TAG_BYTES) {
    header[2]! += 0x10; // the next higher bit rate
    frame = mp3FrameAt(header, 0)!;
  }
  const padding = offsets.length * frame.samples - ENCODER_DELAY - samples;

  const info = new Uint8Array(frame.bytes);
  const view = viewOf(info);
  const total = info.length + stream.length;
  info.set(header);
  const tag = frame.mainData;
  write(info, tag, "Info");
  view.setUint32(tag + 4, FRAMES_BYTES_SEEK_AND_QUALITY);
  view.setUint32(tag + 8, offsets.length);
  view.setUint32(tag + 12, total);
  for (let percent = 0; percent < 100; percent++) {
    const target = info.length + offsets[Math.floor((percent * offsets.length) / 100)]!;
    info[tag + 16 + percent] = Math.min(255, Math.floor((target * 256) / total));
  }
  const lame = tag + 120;
  write(info, lame, "LAME3.100");
  info[lame + 9] = 1; // tag revision 0, constant bit rate
  info[lame + 21] = (ENCODER_DELAY >> 4) & 0xff;
  info[lame + 22] = ((ENCODER_DELAY & 15) << 4) | ((padding >> 8) & 15);
  info[lame + 23] = padding & 0xff;
  view.setUint32(lame + 28, total);
  view.setUint16(lame + 34, crc16(info.subarray(0, lame + 34)));
  return concatenate([info, stream]);
}
