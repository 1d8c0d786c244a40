import { createHash } from "node:crypto";
import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { canonicalJson, type JsonValue } from "@lemons/shared/identity/canonical-json";
import { z } from "zod";

/** Finished items of a long computation, so that an interrupted run can resume. */
export interface WorkRecord<Result> {
  /** Returns the result of a finished item. */
  get(item: string): Result | undefined;
  /** Records an item's result. It is on disk when the promise resolves. */
  add(item: string, result: Result): Promise<void>;
  /** Deletes the record, once the work is finished. */
  clear(): Promise<void>;
}

export interface WorkRecordOptions<Result> {
  /** File of the record; null keeps it in memory only. */
  path: string | null;
  /** Everything that the results depend on. A record with a different value is discarded. */
  work: JsonValue;
  result: z.ZodType<Result>;
}

/**
 * Opens a record, a file of JSON lines: the first identifies the work, every further line is the
 * result of an item. A damaged line, such as one cut off by a crash, and all lines after it are
 * dropped.
 */
export async function openWorkRecord<Result>(
  options: WorkRecordOptions<Result>,
): Promise<WorkRecord<Result>> {
  const { path, result } = options;
  const key = createHash("sha256").update(canonicalJson(options.work)).digest("hex");
  const done = new Map<string, Result>();
  if (path !== null) {
    const Line = z.object({ item: z.string(), result });
    for (const line of await readLines(path, key)) {
      const parsed = Line.safeParse(line);
      if (!parsed.success) break;
      done.set(parsed.data.item, parsed.data.result);
    }
    await mkdir(dirname(path), { recursive: true });
    const lines = [{ key }, ...[...done].map(([item, result]) => ({ item, result }))];
    await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  }
  return {
    get: (item) => done.get(item),
    async add(item, result) {
      done.set(item, result);
      if (path !== null) await appendFile(path, `${JSON.stringify({ item, result })}\n`);
    },
    async clear() {
      done.clear();
      if (path !== null) await rm(path, { force: true });
    },
  };
}

/** Reads the items' lines up to the first damaged one; none if the file records other work. */
async function readLines(path: string, key: string): Promise<unknown[]> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const lines: unknown[] = [];
  for (const line of text.split("\n")) {
    try {
      lines.push(JSON.parse(line));
    } catch {
      break;
    }
  }
  const head = z.object({ key: z.literal(key) }).safeParse(lines.shift());
  return head.success ? lines : [];
}
