/*
 * The Huffman codes and scale factor bands of ISO 14496-3, section 4.A, taken from vo-aacenc and
 * changed into the forms below: Copyright 2003-2010, VisualOn, Inc., licensed under the Apache
 * License, Version 2.0 (http://www.apache.org/licenses/LICENSE-2.0).
 */
import { type HuffmanCode, parseHuffmanTree } from "../huffman.ts";

/** Huffman codes as trees (see `parseHuffmanTree`); number 0 is the code of the scale factors. */
const TREES: readonly string[] = [
  // Scale factors
  "-1o--1n-1p1m--1q-1l1r---1k1s-1j1t---1u1i-1v-1h1w---1g1x-1f-1y1e---1d1z--201c-211b---221a" +
    "--2423-2526---1917--1827-1615---2814--2913-2a12---2b-110z--2d0x-100y---2c0w--2f2h-0u0v--" +
    "--2e0t-0q0r--0s0o-2g-0p0m----0n-2i0l--0j03-0102---00-2q2r--2s2t-2u39---2p2j-2k2l--2m2n-2" +
    "o2w-----3334-3536--3738-322x---2y2z-3031--3a06-0809----0a05-2v3c--3b04-070f---0g0i-0k0h-" +
    "-0b0c-0e0d",
  // Spectrum 1
  "-14----1v0d-131d--1511-170v-----1m0m-121a--0y16-2410---040s-1s1c--0g18-1y0w----1g1e-0a1w" +
    "--0c1u-0e0u-----210j-1p1f--1b0z-0x1j---1t19-0p0f--070t-1n1l----0l01-0r1h--1x25-0n27----0" +
    "509-231r--0b03-0h1z----1o0k-0o1k--2808-2006---0022-1q0q--0i02-1i26",
  // Spectrum 2
  "---14-1v-0d15---1113-0v17--1d-0y0m--1a16-1c12-----0c1m-1s04--101y-1w0w---0g1e-0s0e--0u0a" +
    "-241g----181u--1b1t-0j0x---1p23-1z0p--0t27-0f01----0b1j-21-1n0l---070h-0503--0r1x-1r19--" +
    "--1h0n-091f--1l0z-251o---0k-1k00--0o0q-2806---1q0i-0820--1i02-2226",
  // Spectrum 3
  "-00---0r01-0903---1004--0c0a-0u0d---0s13--140v-11-1i02----051r-1c-070g---190e-1u06--0l0f" +
    "-0i0b----1l1d-0m16--17-1a0x--0y0j-1v15----1s0w-080h--231f-0t1j---0p-201g--121m-1824---0o" +
    "0n--0z21-1x26---0q27-1y1e--1h-0k1o--1b-1p1w--1t-2825--1z1n-1k-221q",
  // Spectrum 4
  "----140d-1113--0v0r-1000---040u--0s0c-010a---0309---1v17-1d15--1u1s-1c1m----0g-0e16--0m0" +
    "w-1a12---0y1r-1l19--1j0b-0l05----0f0j-0t07--0x1i-02-0i06----1g24-1y18--1e1w--1f23-1x0p--" +
    "--0h21-0n1p--0z27-1b1n---1t1h--1z25-0o20---081o-0k1k--280q-26-221q",
  // Spectrum 5
  "-14---0v1d-1513---1c0w-0u1e----0m16-1m12---0l1n-0t1f--0n1l-0x1b----0d1v-1117---0c1g-1w0s" +
    "--0e1u-1a0y----0o1o-0k1k---0b1t-0p1j--1x1p-0f0j----1004-2524---0318-230r--1h0z-0519----1" +
    "s0a-0g0q--0226-1i1q---1y06--0i22-1r01---071z-0h27--2109--2008-2800",
  // Spectrum 6
  "----141d-1315--0v1e-0w1c---0u--1l1n-0n0l---0m0x-1m1b--1f12-0t16----1k0o-0k1o---0e1w-1u0y" +
    "--0c1g-1a0s----1v0d-1117--1x-0b0p--1p1t-1j0j----0f1y--1s0a-0g19---0r25-0503--1h23-0z10--" +
    "--0602-1q0i--0426-220q---241i-18-090h---1r21-1z27--0701--2808-0020",
  // Spectrum 7
  "-00--0801--09--0h0a-0g02----0p0b-0i0o--03-0j0q--0c0x-0d15----0r0k-040w---0y0l-1605--1d14" +
    "-0e0z----0t0s-170m--1e0f--0u06-1c10----1l11-1m18--1f0n-1n1g---1912-0v-1k07---1h1a-1o13--" +
    "1b1p--1q1i-1j1r",
  // Spectrum 8
  "---09-0h08--0a01-0i-000g----020p-0b0q--0j-0r0x--0c0y-0k0o----030z-0s16---150l-0d17--0t10" +
    "-1804----110w-0m1e--1d0e--0u1f-1914----1g05-121l--1m0n-1h1n---0f1a-0v-1i1o---1c13-061p--" +
    "1q1j--1b1k-071r",
  // Spectrum 9
  "-00--0d01--0e--0r0f-0q02----140s-0g-1303---0t15-0h1h--0u0i--1i16-041g-----1u0v-0j17--1v2" +
    "7-1j-050w----1t0k-180l--2x1k-1w28---2k06-2y0y--190x-1l3a-----0m2l--261x-292z---073b-1b1m" +
    "--1a08-3n2a----0z1y-2w2j--2m3o-3c30---0n2n-2b1z--1o1n-1c40-----2139-31-3p10---0941-3d2c-" +
    "-4d1p-320o----3e3q-202o--110p-4e42---1d22-2d33--430a-2p4f-----3m3r-1q2e--123f-3g1r---3z2" +
    "f-1e23---342r-4h1f--442q-4g45-----3s1s-2s24--0b4i-2g4c---3t25-2t3h--0c46-353i----3u2u-4j" +
    "2h--3747-2v2i----363v-383j--3k3l-3x4l---3w48-4k49--4m4n--3y4a-4b4o",
  // Spectrum 10
  "----0e0f-0r-0s0d---010g-1514--0t16--0q02-0u1i-----0h1h-001j--1713-031k---0v1v--0i1u-1w18" +
    "---1x1l-280w--291g-2704-----0j19-1y2a--1m-2b2l--1a0x-1z2y----2m1t-2k05--2x0k-2z2n---1n0y" +
    "-2c2o--0l1b-301o-----2031-21-2p2d---3b26-2e3c--1c3a-0z06----323d-1p3o--0m2q-333e---2r3p-" +
    "223q--103n-1d3f-----2f2w-1q2j--41-2s42--3s0n-403g----0734-3r1e--2335-4408---4311-2t2g--3" +
    "t1r-0o4e-----3h4f-4524--4g46-4h1f---2h39-3u3m--4d09-1s3i----4i12-36-3j0p---474j-2u25--2i" +
    "3v-374k----0a2v-3z3w--4849-0b4a---3k3x-4c38---4l3y-3l4b--4n0c-4m4o",
  // Spectrum 11
  "----000i--800h-010z---0j10--0k1g-1h0y---1102-1i-1x0l---1y12-1z1j--1f03-2e2f------1320-0m" +
    "2g--1k2h--212w-142v----2x1l-0n2c--1v7p-7n7o---2y7q-1w22--041e-2i2t-----7r7m-7s15--3d1m-2" +
    "z2j---3a7u-3e3c--7t3r-0x0o----237v-3f7w--487l-304p---162k-567x--3v3u-1n2d------7y5n-3g24" +
    "--313h-05-3w7z----640p-3t72--2l6l-1o3x---3i17-3y4b--4c7j-2532-----2u4d-2m3z--3j0q-4t06--" +
    "-4s4a-4e26--184f-1p33----4u40-4v4g--5a0r-3b4w---3k1q-2n4r--2759-6734------6819-7k2o--5c-" +
    "5b4h--3l41-0g29----071s-5d66--695r-1b6a---4235-4y4x--6o5s-0s28-----581r-0u5q--3m1t-2p2q-" +
    "--6q2a-5e6p--5t6b-5u3s----5f1a-4i6r--3750-7543---4j6s-4z2r--5g6n-1c36------0t6d-086c--3n" +
    "5v-3o76---5p38-1d78--770v-4k2b----6t45-6e44--2s1u-515h---5w79-7a46--743p-4909-----4m4l-5" +
    "x6u--536v-5y39---3q-4n7b--5i5l-0w52---546g-6f5k--5j47-6x6h-----617c-6w4q--5z4o-0a60---57" +
    "62-556i--0d6y-7d7e----5m6z-650b--6j7f-7g63---6m70-6k5o--71-0e0c--7h73-0f7i",
];

const CODES = TREES.map((text) => parseHuffmanTree(text, 36));

export const SCALE_FACTOR_CODE = CODES[0]!;

/** A spectral codebook: groups of values, each from -offset to base - 1 - offset. */
export interface SpectralBook {
  code: HuffmanCode;
  /** Values in a group. */
  dimensions: 2 | 4;
  base: number;
  /** Subtracted from every digit; 0 in unsigned books, whose signs follow the code. */
  offset: number;
}

/** Spectral codebooks 1 to 11; index 0 is unused. */
export const SPECTRAL_BOOKS: readonly SpectralBook[] = [
  [3, 1],
  [3, 1],
  [3, 1],
  [3, 0],
  [3, 0],
  [9, 4],
  [9, 4],
  [8, 0],
  [8, 0],
  [13, 0],
  [13, 0],
  [17, 0],
].map(([base, offset], index) => ({
  code: CODES[index]!,
  dimensions: index <= 4 ? 4 : 2,
  base: base!,
  offset: offset!,
}));

const LONG_88 = [
  0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144,
  156, 172, 188, 212, 240, 276, 320, 384, 448, 512, 576, 640, 704, 768, 832, 896, 960, 1024,
];
const LONG_64 = [
  0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 64, 72, 80, 88, 100, 112, 124, 140, 156,
  172, 192, 216, 240, 268, 304, 344, 384, 424, 464, 504, 544, 584, 624, 664, 704, 744, 784, 824,
  864, 904, 944, 984, 1024,
];
const LONG_44 = [
  0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144, 160, 176,
  196, 216, 240, 264, 292, 320, 352, 384, 416, 448, 480, 512, 544, 576, 608, 640, 672, 704, 736,
  768, 800, 832, 864, 896, 928, 1024,
];
const LONG_32 = [
  0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144, 160, 176,
  196, 216, 240, 264, 292, 320, 352, 384, 416, 448, 480, 512, 544, 576, 608, 640, 672, 704, 736,
  768, 800, 832, 864, 896, 928, 960, 992, 1024,
];
const LONG_22 = [
  0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 52, 60, 68, 76, 84, 92, 100, 108, 116, 124, 136, 148,
  160, 172, 188, 204, 220, 240, 260, 284, 308, 336, 364, 396, 432, 468, 508, 552, 600, 652, 704,
  768, 832, 896, 960, 1024,
];
const LONG_11 = [
  0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 100, 112, 124, 136, 148, 160, 172, 184, 196, 212,
  228, 244, 260, 280, 300, 320, 344, 368, 396, 424, 456, 492, 532, 572, 616, 664, 716, 772, 832,
  896, 960, 1024,
];
const LONG_8 = [
  0, 12, 24, 36, 48, 60, 72, 84, 96, 108, 120, 132, 144, 156, 172, 188, 204, 220, 236, 252, 268,
  288, 308, 328, 348, 372, 396, 420, 448, 476, 508, 544, 580, 620, 664, 712, 764, 820, 880, 944,
  1024,
];
const SHORT_64 = [0, 4, 8, 12, 16, 20, 24, 32, 40, 48, 64, 92, 128];
const SHORT_32 = [0, 4, 8, 12, 16, 20, 28, 36, 44, 56, 68, 80, 96, 112, 128];
const SHORT_22 = [0, 4, 8, 12, 16, 20, 24, 28, 36, 44, 52, 64, 76, 92, 108, 128];
const SHORT_11 = [0, 4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 60, 72, 88, 108, 128];
const SHORT_8 = [0, 4, 8, 12, 16, 20, 24, 28, 36, 44, 52, 60, 72, 88, 108, 128];

/** Sample rates by index, with the borders of the scale factor bands of long and short windows. */
export const SAMPLE_RATES: readonly {
  sampleRate: number;
  long: readonly number[];
  short: readonly number[];
  /** Bands that temporal noise shaping may use. */
  tnsLong: number;
  tnsShort: number;
}[] = [
  { sampleRate: 96_000, long: LONG_88, short: SHORT_64, tnsLong: 31, tnsShort: 9 },
  { sampleRate: 88_200, long: LONG_88, short: SHORT_64, tnsLong: 31, tnsShort: 9 },
  { sampleRate: 64_000, long: LONG_64, short: SHORT_64, tnsLong: 34, tnsShort: 10 },
  { sampleRate: 48_000, long: LONG_44, short: SHORT_32, tnsLong: 40, tnsShort: 14 },
  { sampleRate: 44_100, long: LONG_44, short: SHORT_32, tnsLong: 42, tnsShort: 14 },
  { sampleRate: 32_000, long: LONG_32, short: SHORT_32, tnsLong: 51, tnsShort: 14 },
  { sampleRate: 24_000, long: LONG_22, short: SHORT_22, tnsLong: 46, tnsShort: 14 },
  { sampleRate: 22_050, long: LONG_22, short: SHORT_22, tnsLong: 46, tnsShort: 14 },
  { sampleRate: 16_000, long: LONG_11, short: SHORT_11, tnsLong: 42, tnsShort: 14 },
  { sampleRate: 12_000, long: LONG_11, short: SHORT_11, tnsLong: 42, tnsShort: 14 },
  { sampleRate: 11_025, long: LONG_11, short: SHORT_11, tnsLong: 42, tnsShort: 14 },
  { sampleRate: 8000, long: LONG_8, short: SHORT_8, tnsLong: 39, tnsShort: 14 },
  { sampleRate: 7350, long: LONG_8, short: SHORT_8, tnsLong: 39, tnsShort: 14 },
];
