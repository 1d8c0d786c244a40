/** Bytes that {@link sniffAudio} needs. */
export const SNIFFED_BYTES = 16;

/** First bytes of the supported formats by media type; `at` is 0 by default. */
const SUPPORTED: readonly { type: string; marks: readonly { at?: number; text: string }[] }[] = [
  ...["RIFF", "RF64", "BW64", "RIFX"].map((text) => ({
    type: "audio/wav",
    marks: [{ text }, { at: 8, text: "WAVE" }],
  })),
  ...["AIFF", "AIFC"].map((text) => ({
    type: "audio/aiff",
    marks: [{ text: "FORM" }, { at: 8, text }],
  })),
  { type: "audio/flac", marks: [{ text: "fLaC" }] },
  { type: "audio/ogg", marks: [{ text: "OggS" }] },
  { type: "audio/mp4", marks: [{ at: 4, text: "ftyp" }] },
  { type: "audio/mpeg", marks: [{ text: "ID3" }] },
  { type: "audio/mpeg", marks: [{ text: "APETAGEX" }] },
];

/** First bytes of formats that are known but not supported. */
const UNSUPPORTED: readonly { name: string; marks: readonly { at?: number; text: string }[] }[] = [
  { name: "WMA", marks: [{ text: "\x30\x26\xb2\x75\x8e\x66\xcf\x11" }] },
  { name: "WavPack", marks: [{ text: "wvpk" }] },
  { name: "Monkey's Audio (APE)", marks: [{ text: "MAC " }] },
  { name: "Musepack", marks: [{ text: "MPCK" }] },
  { name: "Musepack", marks: [{ text: "MP+" }] },
  { name: "TTA", marks: [{ text: "TTA1" }] },
  { name: "OptimFROG", marks: [{ text: "OFR " }] },
  { name: "Shorten", marks: [{ text: "ajkg" }] },
  { name: "Core Audio (CAF)", marks: [{ text: "caff" }] },
  { name: "Wave64", marks: [{ text: "riff\x2e\x91\xcf\x11" }] },
  { name: "DSD (DSF)", marks: [{ text: "DSD " }] },
  { name: "DSD (DFF)", marks: [{ text: "FRM8" }] },
  { name: "8SVX", marks: [{ text: "FORM" }, { at: 8, text: "8SVX" }] },
  { name: "Sun audio (AU)", marks: [{ text: ".snd" }] },
  { name: "AMR", marks: [{ text: "#!AMR" }] },
  { name: "QOA", marks: [{ text: "qoaf" }] },
  { name: "RealAudio", marks: [{ text: ".RMF" }] },
  { name: "RealAudio", marks: [{ text: ".ra\xfd" }] },
  { name: "MIDI", marks: [{ text: "MThd" }] },
  { name: "WebM or Matroska", marks: [{ text: "\x1a\x45\xdf\xa3" }] },
  { name: "AVI", marks: [{ text: "RIFF" }, { at: 8, text: "AVI " }] },
  { name: "Flash video", marks: [{ text: "FLV" }] },
  { name: "AC-3 (Dolby Digital)", marks: [{ text: "\x0b\x77" }] },
  { name: "DTS", marks: [{ text: "\x7f\xfe\x80\x01" }] },
  { name: "Raw AAC (ADIF)", marks: [{ text: "ADIF" }] },
  { name: "QuickTime without a file type", marks: [{ at: 4, text: "moov" }] },
  { name: "QuickTime without a file type", marks: [{ at: 4, text: "wide" }] },
];

function matches(head: Uint8Array, marks: readonly { at?: number; text: string }[]): boolean {
  return marks.every(({ at = 0, text }) =>
    Array.from(text).every((letter, i) => head[at + i] === letter.charCodeAt(0)),
  );
}

/** Layer of an MPEG audio frame header: 3, 2 or 1; 0 for raw AAC (ADTS); null if there is none. */
function mpegLayer(head: Uint8Array): number | null {
  if (head[0] !== 0xff || ((head[1] ?? 0) & 0xe0) !== 0xe0) return null;
  const layer = ((head[1] ?? 0) >> 1) & 3;
  if (layer === 0) return ((head[1] ?? 0) & 0xf0) === 0xf0 ? 0 : null;
  return 4 - layer;
}

/**
 * Returns the media type of a supported audio file by its first bytes, never by its name. Only
 * decoding can tell if the rest is valid.
 *
 * @param head at least {@link SNIFFED_BYTES} bytes, unless the file is shorter
 * @returns null if it isn't wav, aiff, mp3, ogg, opus, flac or m4a
 */
export function sniffAudio(head: Uint8Array): string | null {
  const found = SUPPORTED.find(({ marks }) => matches(head, marks));
  if (found) return found.type;
  return mpegLayer(head) === 3 ? "audio/mpeg" : null;
}

/**
 * Returns the name of an unsupported audio format by its first bytes, such as "WMA".
 *
 * @returns null if it isn't a known format
 */
export function nameUnsupportedAudio(head: Uint8Array): string | null {
  const found = UNSUPPORTED.find(({ marks }) => matches(head, marks));
  if (found) return found.name;
  const layer = mpegLayer(head);
  if (layer === 0) return "Raw AAC (ADTS)";
  return layer === 1 || layer === 2 ? `MPEG audio layer ${layer === 1 ? "I" : "II"}` : null;
}
