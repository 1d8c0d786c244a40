import { z } from "zod";
import {
  type FoldedTable,
  type ResponseTable,
  rowCount,
  type TableFeature,
  type TableGroup,
} from "./response-table.ts";

/*
 * table.bin, little-endian:
 *   0   8 bytes   "LEMONSRT"
 *   8   uint32    version, 1
 *   12  uint32    bytes of the header
 *   16            header: JSON in ASCII, padded with spaces to a multiple of 16 bytes
 *   ...           float32: sums [rows x meanChannels] or scalars [rows], padded with zeros to a
 *                 multiple of 16 bytes, then maxima [rows x channels]
 */

const MAGIC = "LEMONSRT";
const VERSION = 1;
const PREFIX_BYTES = 16;
const ALIGNMENT = 16;

/** The largest table that is built or read. */
export const MAX_TABLE_BYTES = 32 * 1024 * 1024;
const MAX_HEADER_BYTES = 2 * 1024 * 1024;

/** The most segments and the most sources of a table. */
export const MAX_TABLE_AXIS = 8;
/** The most components that one group hears. */
export const MAX_GROUP_COMPONENTS = 20;

const channelCount = z.int().min(0).max(16_384);
const Group = z.strictObject({
  components: z
    .array(
      z
        .int()
        .min(0)
        .max(MAX_TABLE_AXIS ** 2 - 1),
    )
    .max(MAX_GROUP_COMPONENTS),
  columns: z.int().min(1),
});
const common = {
  segments: z.int().min(1).max(MAX_TABLE_AXIS),
  sources: z.int().min(1).max(MAX_TABLE_AXIS),
  groups: z.array(Group).min(1).max(64),
};
const Header = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("unfolded"),
    ...common,
    meanChannels: channelCount,
    maxChannels: channelCount,
    features: z
      .array(z.tuple([z.number(), z.array(z.tuple([z.int().min(0), z.number()])).max(4096)]))
      .min(1)
      .max(16_384)
      .describe("[shift, [[channel, weight], ...]]"),
  }),
  z.strictObject({
    kind: z.literal("folded"),
    ...common,
    bias: z.number(),
    channels: channelCount,
    positive: channelCount,
  }),
]);
type Header = z.infer<typeof Header>;

/** Bytes that are not a valid response table of this version. */
export class TableFormatError extends Error {
  override readonly name = "TableFormatError";
}

/** Writes a table of either kind. */
export function encodeTable(table: ResponseTable | FoldedTable): Uint8Array<ArrayBuffer> {
  const { segments, sources } = table;
  const groups = table.groups.map(({ components, columns }) => ({
    components: [...components],
    columns,
  }));
  const header: Header =
    "features" in table
      ? {
          kind: "unfolded",
          segments,
          sources,
          groups,
          meanChannels: table.meanChannels,
          maxChannels: table.maxChannels,
          features: table.features.map(({ shift, terms }) => [
            shift,
            terms.map(([channel, weight]) => [channel, weight]),
          ]),
        }
      : {
          kind: "folded",
          segments,
          sources,
          groups,
          bias: table.bias,
          channels: table.channels,
          positive: table.positive,
        };
  const json = ascii(JSON.stringify(header));
  const headerBytes = aligned(json.length);
  const first = "features" in table ? table.sums : table.scalars;
  const firstAt = PREFIX_BYTES + headerBytes;
  const secondAt = firstAt + aligned(4 * first.length);
  const bytes = new Uint8Array(secondAt + 4 * table.maxima.length);
  bytes.fill(0x20, PREFIX_BYTES, firstAt);
  bytes.set(ascii(MAGIC));
  bytes.set(json, PREFIX_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, headerBytes, true);
  writeFloats(view, firstAt, first);
  writeFloats(view, secondAt, table.maxima);
  return bytes;
}

/**
 * Reads an untrusted table.
 *
 * @throws TableFormatError if it is not a complete and consistent table
 */
export function decodeTable(bytes: Uint8Array): ResponseTable | FoldedTable {
  if (bytes.length > MAX_TABLE_BYTES + MAX_HEADER_BYTES) {
    throw new TableFormatError(
      `the response table has ${bytes.length} bytes; at most ${MAX_TABLE_BYTES} are allowed`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = String.fromCharCode(...bytes.subarray(0, MAGIC.length));
  if (bytes.length < PREFIX_BYTES || magic !== MAGIC) {
    throw new TableFormatError("the file is not a response table");
  }
  const version = view.getUint32(8, true);
  if (version !== VERSION) {
    throw new TableFormatError(
      `unsupported response table version ${version}; expected version ${VERSION}`,
    );
  }
  const headerBytes = view.getUint32(12, true);
  const firstAt = PREFIX_BYTES + headerBytes;
  if (headerBytes > MAX_HEADER_BYTES || headerBytes % ALIGNMENT !== 0 || firstAt > bytes.length) {
    throw new TableFormatError("the response table is truncated, or its header is too long");
  }
  const header = parseHeader(bytes.subarray(PREFIX_BYTES, firstAt));
  const groups = groupsOf(header);
  const rows = rowCount(groups);
  const isUnfolded = header.kind === "unfolded";
  const firstCount = rows * (isUnfolded ? header.meanChannels : 1);
  const secondCount = rows * (isUnfolded ? header.maxChannels : header.channels);
  const secondAt = firstAt + aligned(4 * firstCount);
  if (secondAt + 4 * secondCount !== bytes.length) {
    throw new TableFormatError(
      "the response table does not have as many numbers as its header says",
    );
  }
  const first = readFloats(view, firstAt, firstCount);
  const maxima = readFloats(view, secondAt, secondCount);
  const { segments, sources } = header;
  if (header.kind === "folded") {
    const { bias, channels, positive } = header;
    if (positive > channels)
      throw new TableFormatError("the response table has more positive channels than channels");
    return { segments, sources, bias, groups, channels, positive, scalars: first, maxima };
  }
  const { meanChannels, maxChannels } = header;
  const features: TableFeature[] = header.features.map(([shift, terms]) => ({ shift, terms }));
  if (features.some(({ terms }) => terms.some(([each]) => each >= meanChannels + maxChannels))) {
    throw new TableFormatError("a feature of the response table names an unknown channel");
  }
  const columns = groups.reduce((sum, group) => sum + group.columns, 0);
  const shape = { segments, sources, columns, meanChannels, maxChannels };
  return { ...shape, features, groups, sums: first, maxima };
}

/** Reads a folded table like {@link decodeTable}. @throws TableFormatError for the other kind */
export function decodeFoldedTable(bytes: Uint8Array): FoldedTable {
  const table = decodeTable(bytes);
  if ("features" in table) throw new TableFormatError("the response table is not folded");
  return table;
}

/** Reads an unfolded table like {@link decodeTable}. @throws TableFormatError for the other kind */
export function decodeUnfoldedTable(bytes: Uint8Array): ResponseTable {
  const table = decodeTable(bytes);
  if ("features" in table) return table;
  throw new TableFormatError("the response table is folded");
}

function parseHeader(bytes: Uint8Array): Header {
  let json: unknown;
  try {
    json = JSON.parse(fromAscii(bytes));
  } catch (cause) {
    throw new TableFormatError("the response table's header is not JSON", { cause });
  }
  const parsed = Header.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new TableFormatError(
    `invalid header of the response table: ${issue.path.join(".") || "header"}: ${issue.message}`,
  );
}

function groupsOf({ groups, segments, sources }: Header): TableGroup[] {
  let firstRow = 0;
  return groups.map(({ components, columns }) => {
    const isRising = components.every((each, i) => i === 0 || each > components[i - 1]!);
    if (!isRising || (components.at(-1) ?? 0) >= segments * sources) {
      throw new TableFormatError("the components of a group are out of order or out of range");
    }
    const group = { components, columns, firstRow };
    firstRow += 2 ** components.length;
    return group;
  });
}

function readFloats(view: DataView, offset: number, count: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const value = view.getFloat32(offset + 4 * i, true);
    if (!Number.isFinite(value))
      throw new TableFormatError("the response table has a number that is not finite");
    values[i] = value;
  }
  return values;
}

function writeFloats(view: DataView, offset: number, values: Float32Array): void {
  for (let i = 0; i < values.length; i++) view.setFloat32(offset + 4 * i, values[i]!, true);
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** Everything in a header is plain ASCII. */
function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function fromAscii(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 4096) {
    text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  }
  return text;
}
