import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { BatchMessage } from "@lemons/shared/contract/batch";
import { z } from "zod";
import { buildPlayer } from "../stack/build-player.ts";
import { startProcess } from "../stack/managed-process.ts";
import { freePort } from "../stack/port.ts";
import { inRepository, ROOT, WRANGLER } from "../stack/repository.ts";
import { runTool } from "../stack/run-tool.ts";
import { waitForHealth } from "../stack/wait-for-health.ts";
import { WRANGLER_ENVIRONMENT } from "../stack/wrangler-environment.ts";
import { type HeapWatch, watchHeap } from "./watch-heap.ts";

const TRACKS = 100_000;
const LISTENERS = 1000;
const EXPLANATIONS_EACH = 30;
const START_TIMEOUT_MS = 60_000;
/** Pause between two looks for scores; the service's own consumer waits longer. */
const SCORES_PAUSE_MS = 500;
const BATCH = "bench";

const Asked = z.object({
  statements: z.int(),
  rowsRead: z.int(),
  rowsWritten: z.int(),
  mostRows: z.int(),
  objects: z.int(),
  messages: z.array(BatchMessage),
});
type Asked = z.infer<typeof Asked>;

/** Turns of one kind: number, duration, and the largest request of any of them. */
export interface Turns {
  turns: number;
  seconds: number;
  statements: number;
  rowsRead: number;
  mostRows: number;
  objects: number;
  messages: number;
  /** The largest heap during the batch, in MB, garbage included. */
  heapMb: number;
}

/** The result of {@link benchBatch}. */
export interface BatchBench {
  tracks: number;
  listeners: number;
  planScores: Turns;
  scores: Turns;
  planExplanations: Turns;
  explanations: number;
  tables: number;
  /** The heap before the batch, in MB. */
  idleHeapMb: number;
}

/**
 * Fills a local D1 and R2 with a synthetic catalogue and plans a batch of everything with the
 * service's own consumer in workerd: every message of a turn is consumed until explanations are
 * planned for the last listener. Nothing planned is computed.
 *
 * @throws Error if an item is planned twice, or not at all
 */
export async function benchBatch(onStep: (message: string) => void): Promise<BatchBench> {
  onStep("Building the player");
  await buildPlayer();
  const folder = await mkdtemp(path.join(tmpdir(), "lemons-bench-"));
  const persistTo = path.join(folder, "state");
  await runTool(
    WRANGLER,
    ["d1", "migrations", "apply", "DB", "--local", "--persist-to", persistTo],
    WRANGLER_ENVIRONMENT,
  );
  const port = await freePort();
  const inspectorPort = await freePort();
  const secret = randomBytes(32).toString("hex");
  const worker = startProcess({
    name: "planning worker",
    command: process.execPath,
    arguments: [
      WRANGLER,
      ...["dev", inRepository("edge", "test", "planning-worker.ts")],
      ...["--local", "--show-interactive-dev-session=false", "--persist-to", persistTo],
      ...["--ip", "127.0.0.1", "--port", String(port), "--inspector-port", String(inspectorPort)],
    ],
    cwd: ROOT,
    environment: {
      ...process.env,
      ...WRANGLER_ENVIRONMENT,
      ...{ GPU_WORKER_SECRET: secret, LINK_SECRET: secret, WEBHOOK_SECRET: secret },
    },
    logFile: path.join(folder, "worker.log"),
  });
  let heap: HeapWatch | undefined;
  try {
    const origin = `http://127.0.0.1:${port}`;
    await waitForHealth(`${origin}/`, worker, START_TIMEOUT_MS);
    heap = await watchHeap(inspectorPort);
    return await Promise.race([measure(clientOf(origin), heap, onStep), worker.died]);
  } finally {
    heap?.stop();
    await worker.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

type Client = <Answer>(where: string, body: object, schema: z.ZodType<Answer>) => Promise<Answer>;

function clientOf(origin: string): Client {
  return async (where, body, schema) => {
    const response = await fetch(`${origin}${where}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${where} answered ${response.status}: ${text}`);
    return schema.parse(JSON.parse(text));
  };
}

async function measure(
  ask: Client,
  heap: HeapWatch,
  onStep: (message: string) => void,
): Promise<BatchBench> {
  const size = { tracks: TRACKS, listeners: LISTENERS };
  onStep(`Making up ${TRACKS} tracks and ${LISTENERS} listeners`);
  await ask("/catalogue", size, z.object({}));
  await ask("/features", size, z.object({}));
  const idleHeapMb = heap.peakMb();

  onStep("Planning");
  const kinds: Record<"plan-scores" | "scores" | "plan-explanations", Turns> = {
    "plan-scores": noTurns(),
    scores: noTurns(),
    "plan-explanations": noTurns(),
  };
  const first = await ask("/batch", { id: BATCH, request: {} }, Asked);
  const waiting = [...first.messages];
  for (let message = waiting.shift(); message; message = waiting.shift()) {
    const kind = kindOf(message);
    // Planned work: there is no gpu-worker here to do it.
    if (kind === null) continue;
    const began = performance.now();
    heap.peakMb();
    const asked = await ask("/message", message, Asked);
    const isWaiting = kind === "scores" && asked.messages.some((next) => kindOf(next) === "scores");
    if (isWaiting) await new Promise((resolve) => setTimeout(resolve, SCORES_PAUSE_MS));
    note(kinds[kind], asked, (performance.now() - began) / 1000, heap.peakMb());
    waiting.push(...asked.messages);
  }
  return {
    ...size,
    idleHeapMb,
    planScores: kinds["plan-scores"],
    scores: kinds.scores,
    planExplanations: kinds["plan-explanations"],
    ...(await countPlanned(ask)),
  };
}

function kindOf({ item }: BatchMessage): "plan-scores" | "scores" | "plan-explanations" | null {
  if (item === "plan-scores" || item === "plan-explanations") return item;
  return item.startsWith("scores-") ? "scores" : null;
}

const noTurns = (): Turns => ({
  turns: 0,
  seconds: 0,
  statements: 0,
  rowsRead: 0,
  mostRows: 0,
  objects: 0,
  messages: 0,
  heapMb: 0,
});

function note(all: Turns, asked: Asked, seconds: number, heapMb: number): void {
  all.turns++;
  all.seconds += seconds;
  all.heapMb = Math.max(all.heapMb, heapMb);
  all.messages = Math.max(all.messages, asked.messages.length);
  for (const name of ["statements", "rowsRead", "mostRows", "objects"] as const) {
    all[name] = Math.max(all[name], asked[name]);
  }
}

const Planned = z.tuple([
  z.object({ explanations: z.int(), tables: z.int(), triples: z.int(), listeners: z.int() }),
]);

async function countPlanned(ask: Client): Promise<{ explanations: number; tables: number }> {
  const sql = `SELECT count(*) FILTER (WHERE kind = 'explanation') AS explanations,
    count(*) FILTER (WHERE kind = 'table') AS tables,
    count(DISTINCT listener) FILTER (WHERE kind = 'explanation') AS listeners,
    count(DISTINCT listener || ' ' || track || ' ' || type) FILTER (WHERE kind = 'explanation') AS triples
    FROM batch_items WHERE batch = '${BATCH}'`;
  const [{ explanations, tables, triples, listeners }] = await ask("/rows", { sql }, Planned);
  const wanted = LISTENERS * EXPLANATIONS_EACH;
  if (explanations !== wanted || triples !== wanted || listeners !== LISTENERS) {
    throw new Error(
      `${explanations} explanations, ${triples} of them different, of ${listeners} listeners; ${wanted} were expected`,
    );
  }
  return { explanations, tables };
}

/** Formats the result of {@link benchBatch} as a table. */
export function formatBatchBench(bench: BatchBench): string {
  const columns = [bench.planScores, bench.scores, bench.planExplanations];
  const row = (name: string, cell: (turns: Turns) => string) =>
    `${name.padEnd(34)}${columns.map((turns) => cell(turns).padStart(14)).join("")}\n`;
  const whole = (key: Exclude<keyof Turns, "seconds">) => (turns: Turns) => turns[key].toFixed(0);
  return `A batch of everything over ${bench.tracks} tracks and ${bench.listeners} listeners plans
${bench.explanations} explanations and ${bench.tables} response tables. Heap before: ${bench.idleHeapMb.toFixed(0)} MB

${"".padEnd(34)}${["plan scores", "scores", "explanations"].map((name) => name.padStart(14)).join("")}
${row("turns", whole("turns"))}${row("seconds, all turns", ({ seconds }) => seconds.toFixed(1))}most of one turn:
${row("  statements of D1", whole("statements"))}${row("  rows that D1 reads", whole("rowsRead"))}${row("  rows of one answer", whole("mostRows"))}${row("  calls of R2", whole("objects"))}${row("  messages sent", whole("messages"))}${row("  heap meanwhile, MB", whole("heapMb"))}`;
}
