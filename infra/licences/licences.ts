/** SPDX identifiers of licences under which any package may be shipped. */
export const PERMISSIVE: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Unlicense",
  "Zlib",
]);

/** Packages under other licences, each with the reason why it may be shipped. */
export const EXCEPTIONS: Readonly<Record<string, { licence: string; because: string }>> = {
  "@resvg/resvg-wasm": {
    licence: "MPL-2.0",
    because: "the MPL covers its own files only; we ship the package unmodified",
  },
  "@fontsource/inter": {
    licence: "OFL-1.1",
    because: "the font licence allows bundling; the fonts are unmodified and not sold alone",
  },
};

/**
 * Packages that contain compiled code of other projects, whose licences the package's own field
 * doesn't tell. docs/licences.md says how each licence is met.
 */
export const COMPILED_CODE: Readonly<Record<string, readonly string[]>> = {
  "wasm-media-encoders": ["LAME: LGPL-2.0-or-later", "libogg and libvorbis: BSD-3-Clause"],
  "opus-decoder": ["libopus: BSD-3-Clause"],
  "@wasm-audio-decoders/common": ["puff (zlib): Zlib"],
  "@resvg/resvg-wasm": ["resvg: MPL-2.0"],
  "onnxruntime-node": ["ONNX Runtime: MIT"],
  long: ["its own 64-bit division: Apache-2.0"],
};

/** Returns true if the SPDX expression can be met with permissive licences alone. */
export function isPermissive(expression: string): boolean {
  return expression
    .replace(/[()]/g, " ")
    .split(/\s+OR\s+/)
    .some((choice) => choice.split(/\s+AND\s+/).every((id) => PERMISSIVE.has(id.trim())));
}
