import { createHash } from "node:crypto";
import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { canonicalJson, type JsonValue } from "@lemons/shared/identity/canonical-json";
import { z } from "zod";

/** What is done of a long piece of work, item by item, so that one that was stopped goes on. */
export interface WorkRecord<Result> {
  /** The result of an item that is done. */
  get(item: string): Result | undefined;
  /** Keeps an item's result, on disk before it returns. */
  add(item: string, result: Result): Promise<void>;
  /** Forgets it all: the work is finished. */
  clear(): Promise<void>;
}

export interface WorkRecordOptions<Result> {
  /** File that outlives the process; in memory alone where it is null. */
  path: string | null;
  /** Everything that decides the results: a record of other work is not taken up. */
  work: JsonValue;
  result: z.ZodType<Result>;
}

/**
 * Opens a record: JSON lines, the first naming the work, each further one an item's result. A last
 * line that a crash has cut off counts as not there, and so does everything after a damaged one.
 */
export async function openWorkRecord<Result>(
  options: WorkRecordOptions<Result>,
): Promise<WorkRecord<Result>> {
  const { path, result } = options;
  const key = createHash("sha256").update(canonicalJson(options.work)).digest("hex");
  const done = new Map<string, Result>();
  if (path !== null) {
    const Line = z.object({ item: z.string(), result });
    for (const line of await linesOf(path, key)) {
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

/** The items' lines as JSON, up to the first damaged one; none where the file is of other work. */
async function linesOf(path: string, key: string): Promise<unknown[]> {
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
