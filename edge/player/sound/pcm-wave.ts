const HEADER_BYTES = 44;
const BYTES_PER_SAMPLE = 2;
const PCM = 1;

/** RIFF INFO chunks by their four-letter id, such as `IART`. */
export type WaveInfo = Readonly<Record<string, string>>;

/** Encodes a LIST chunk of type INFO; empty without entries. */
function infoChunk(info: WaveInfo): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const chunks = Object.entries(info).map(([name, text]) => {
    const bytes = encoder.encode(`${text}\0`);
    return { name, bytes, padded: bytes.length + (bytes.length % 2) };
  });
  if (chunks.length === 0) return new Uint8Array();
  const size = 4 + chunks.reduce((sum, { padded }) => sum + 8 + padded, 0);
  const list = new Uint8Array(8 + size);
  const view = new DataView(list.buffer);
  list.set(encoder.encode("LIST"));
  view.setUint32(4, size, true);
  list.set(encoder.encode("INFO"), 8);
  let offset = 12;
  for (const { name, bytes, padded } of chunks) {
    list.set(encoder.encode(name), offset);
    view.setUint32(offset + 4, bytes.length, true);
    list.set(bytes, offset + 8);
    offset += 8 + padded;
  }
  return list;
}

/**
 * Encodes a WAVE file: RIFF, 16-bit PCM, little endian, interleaved channels.
 *
 * @param channels samples per channel, all of one length, -1 to 1; others are clipped
 * @param sampleRate Hz
 * @param info written after the samples
 */
export function encodePcmWave(
  channels: readonly Float32Array[],
  sampleRate: number,
  info: WaveInfo = {},
): Uint8Array<ArrayBuffer> {
  const samples = channels[0]?.length ?? 0;
  const frameBytes = channels.length * BYTES_PER_SAMPLE;
  const dataBytes = samples * frameBytes;
  const list = infoChunk(info);
  // Chunks start at even offsets, which 16-bit samples keep.
  const bytes = new Uint8Array(HEADER_BYTES + dataBytes + list.length);
  const view = new DataView(bytes.buffer);
  const writeAscii = (offset: number, text: string) => {
    for (let i = 0; i < text.length; i++) view.setUint8(offset + i, text.charCodeAt(i));
  };

  writeAscii(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  writeAscii(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * frameBytes, true);
  view.setUint16(32, frameBytes, true);
  view.setUint16(34, BYTES_PER_SAMPLE * 8, true);
  writeAscii(36, "data");
  view.setUint32(40, dataBytes, true);

  let offset = HEADER_BYTES;
  for (let i = 0; i < samples; i++) {
    for (const channel of channels) {
      const value = Math.max(-1, Math.min(1, channel[i]!));
      view.setInt16(offset, Math.round(value * 0x7fff), true);
      offset += BYTES_PER_SAMPLE;
    }
  }
  bytes.set(list, offset);
  return bytes;
}
