import { readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { z } from "zod";
import { InputError } from "../input-error.ts";

/** A manifest names every listener of a package: a thousand of them take 150 kB. */
const MAX_MANIFEST_BYTES = 32 * 1024 * 1024;
const MANIFEST_FILE = "model.json";

/**
 * Reads a file whole.
 *
 * @throws InputError where it is missing or longer than the limit
 */
export async function readLimited(path: string, limit: number): Promise<Uint8Array> {
  const name = basename(path);
  try {
    const { size } = await stat(path);
    if (size > limit) throw new InputError(`${name} has ${size} bytes; at most ${limit} are read`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${name} is missing or cannot be read`, { cause: error });
  }
}

/**
 * The JSON of a package's `model.json`, as it stands.
 *
 * @throws InputError where it is missing, too large or not JSON
 */
export async function readManifestJson(folder: string): Promise<unknown> {
  const bytes = await readLimited(join(folder, MANIFEST_FILE), MAX_MANIFEST_BYTES);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new InputError(`${MANIFEST_FILE} is not JSON`, { cause });
  }
}

/** @throws InputError that names the first field that breaks the contract */
export function parseManifestAs<Schema extends z.ZodType>(
  json: unknown,
  schema: Schema,
): z.infer<Schema> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new InputError(`${MANIFEST_FILE}: ${issue.path.join(".") || "manifest"}: ${issue.message}`);
}

/** Runs a reader of a path, and puts the path in front of what it says is wrong. */
export async function naming<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${path}: ${error.message}`, { cause: error });
  }
}
