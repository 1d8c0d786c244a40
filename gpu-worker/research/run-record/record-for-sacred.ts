import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { type Db, Double, GridFSBucket, MongoClient, MongoServerError, ObjectId } from "mongodb";
import { InputError } from "../../engine/input-error.ts";
import type { RunDescription, RunObserver } from "./run-observer.ts";
import { endedRun, startedRun } from "./sacred-documents.ts";

/** Interval of Sacred's own heartbeat. */
const HEARTBEAT_INTERVAL_MS = 10_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** MongoDB's error code. */
const DUPLICATE_KEY = 11_000;
/** The log is cut well below MongoDB's 16 MB per document. */
const MAX_CAPTURED_CHARACTERS = 1_000_000;

export interface SacredOptions {
  /** `mongodb://` or `mongodb+srv://`. */
  url: string;
  database: string;
  run: RunDescription;
  /** Receives failures to write during the run. */
  warn: (text: string) => void;
}

/** Values of one metric that aren't written yet. */
interface Series {
  id: ObjectId;
  steps: number[];
  values: Double[];
  timestamps: Date[];
}

/** An observer that writes to the database, and the run's number there. */
export interface SacredRecord extends RunObserver {
  id: number;
}

/**
 * Writes a run to MongoDB as Sacred 0.8's MongoObserver does, for Omniboard and Sacredboard:
 * collections `runs` and `metrics`, files in GridFS. If the database is unreachable during the run,
 * writes are delayed and a warning is given; at the end of the run it is an error.
 *
 * @throws InputError if the database can't be reached or written at the start
 */
export async function recordForSacred(options: SacredOptions): Promise<SacredRecord> {
  const { url, database, run, warn } = options;
  const client = await connect(url);
  const db = client.db(database);
  let id: number;
  try {
    id = await insertRun(db, startedRun(run));
  } catch (cause) {
    await client.close();
    throw new InputError(`can't write to the observer's database: ${messageOf(cause)}`, {
      cause,
    });
  }
  const runs = db.collection<{ _id: number }>("runs");
  const metrics = db.collection("metrics");
  const series = new Map<string, Series>();
  let captured = "";
  let lastWriteMs = Number.NEGATIVE_INFINITY;

  async function write(): Promise<void> {
    for (const [name, pending] of series) {
      const { id: _id, steps, values, timestamps } = pending;
      if (steps.length === 0) continue;
      const push = { steps, values, timestamps };
      pending.steps = [];
      pending.values = [];
      pending.timestamps = [];
      try {
        await metrics.updateOne(
          { _id },
          {
            $set: { run_id: id, name },
            $push: {
              steps: { $each: push.steps },
              values: { $each: push.values },
              timestamps: { $each: push.timestamps },
            } as never,
          },
          { upsert: true },
        );
      } catch (error) {
        // Put the values back in front, for the next attempt.
        pending.steps = [...push.steps, ...pending.steps];
        pending.values = [...push.values, ...pending.values];
        pending.timestamps = [...push.timestamps, ...pending.timestamps];
        throw error;
      }
    }
    const metricIds = [...series].map(([name, each]) => ({ name, id: each.id.toHexString() }));
    await runs.updateOne(
      { _id: id },
      { $set: { heartbeat: new Date(), captured_out: captured, info: { metrics: metricIds } } },
    );
  }

  return {
    id,
    scalar(name, value, step, time) {
      const pending = series.get(name) ?? {
        id: new ObjectId(),
        steps: [],
        values: [],
        timestamps: [],
      };
      series.set(name, pending);
      pending.steps.push(step);
      pending.values.push(new Double(value));
      pending.timestamps.push(time);
    },
    line(text) {
      captured = `${captured}${text}\n`.slice(-MAX_CAPTURED_CHARACTERS);
    },
    async artifact(name, path) {
      if (!(await stat(path)).isFile()) return;
      const upload = new GridFSBucket(db).openUploadStream(`artifact://runs/${id}/${name}`);
      await pipeline(createReadStream(path), upload);
      await runs.updateOne(
        { _id: id },
        { $push: { artifacts: { name, file_id: upload.id } } as never },
      );
    },
    async flush() {
      if (performance.now() - lastWriteMs < HEARTBEAT_INTERVAL_MS) return;
      lastWriteMs = performance.now();
      await write().catch((error: unknown) => {
        warn(`the observer's database is unreachable; its record is delayed: ${messageOf(error)}`);
      });
    },
    async end(end, time) {
      try {
        await write();
        await runs.updateOne({ _id: id }, { $set: endedRun(end, time) });
      } finally {
        await client.close();
      }
    },
  };
}

async function connect(url: string): Promise<MongoClient> {
  try {
    const timeout = { serverSelectionTimeoutMS: CONNECT_TIMEOUT_MS };
    const client = new MongoClient(url, url.includes("serverSelectionTimeoutMS=") ? {} : timeout);
    return await client.connect();
  } catch (cause) {
    throw new InputError(`can't reach the observer's database: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/**
 * Inserts a run under the highest number plus one, as Sacred does. Tries again if another process
 * takes the number first.
 */
async function insertRun(db: Db, document: ReturnType<typeof startedRun>): Promise<number> {
  const runs = db.collection<{ _id: number }>("runs");
  for (;;) {
    const [last] = await runs
      .find({}, { projection: { _id: 1 } })
      .sort({ _id: -1 })
      .limit(1)
      .toArray();
    const _id = (last?._id ?? 0) + 1;
    try {
      await runs.insertOne({ _id, ...document });
      return _id;
    } catch (error) {
      if (!(error instanceof MongoServerError) || error.code !== DUPLICATE_KEY) throw error;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
