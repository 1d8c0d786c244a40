import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { type Db, Double, GridFSBucket, MongoClient, MongoServerError, ObjectId } from "mongodb";
import { InputError } from "../../engine/input-error.ts";
import type { RunDescription, RunObserver } from "./run-observer.ts";
import { endedRun, startedRun } from "./sacred-documents.ts";

/** As often as Sacred's heartbeat. */
const MS_BETWEEN_HEARTBEATS = 10_000;
const CONNECT_TIMEOUT_MS = 10_000;
const DUPLICATE_KEY = 11_000;
/** A document has at most 16 MB; a log is cut long before. */
const MAX_CAPTURED_CHARACTERS = 1_000_000;

export interface SacredOptions {
  /** `mongodb://` or `mongodb+srv://`. */
  url: string;
  database: string;
  run: RunDescription;
  /** Is told what could not be written while the run goes on. */
  warn: (text: string) => void;
}

interface Series {
  id: ObjectId;
  steps: number[];
  values: Double[];
  timestamps: Date[];
}

/** A run in the database, and its number there. */
export interface SacredRecord extends RunObserver {
  id: number;
}

/**
 * Writes a run to MongoDB as Sacred 0.8's MongoObserver does: collections `runs` and `metrics`, files
 * in GridFS. Omniboard and Sacredboard read it. While the run goes on a database that is away only
 * delays what is written; at the end it is an error.
 *
 * @throws InputError where the database cannot be reached to begin with
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
    throw new InputError(`the observer's database cannot be written: ${messageOf(cause)}`, {
      cause,
    });
  }
  const runs = db.collection<{ _id: number }>("runs");
  const metrics = db.collection("metrics");
  const series = new Map<string, Series>();
  let captured = "";
  let written = Number.NEGATIVE_INFINITY;

  async function write(): Promise<void> {
    for (const [name, gathered] of series) {
      const { id: _id, steps, values, timestamps } = gathered;
      if (steps.length === 0) continue;
      const push = { steps, values, timestamps };
      gathered.steps = [];
      gathered.values = [];
      gathered.timestamps = [];
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
        // What was not written goes first next time.
        gathered.steps = [...push.steps, ...gathered.steps];
        gathered.values = [...push.values, ...gathered.values];
        gathered.timestamps = [...push.timestamps, ...gathered.timestamps];
        throw error;
      }
    }
    const known = [...series].map(([name, each]) => ({ name, id: each.id.toHexString() }));
    await runs.updateOne(
      { _id: id },
      { $set: { heartbeat: new Date(), captured_out: captured, info: { metrics: known } } },
    );
  }

  return {
    id,
    scalar(name, value, step, time) {
      const gathered = series.get(name) ?? {
        id: new ObjectId(),
        steps: [],
        values: [],
        timestamps: [],
      };
      series.set(name, gathered);
      gathered.steps.push(step);
      gathered.values.push(new Double(value));
      gathered.timestamps.push(time);
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
      if (performance.now() - written < MS_BETWEEN_HEARTBEATS) return;
      written = performance.now();
      await write().catch((error: unknown) => {
        warn(`the observer's database is away, its record waits: ${messageOf(error)}`);
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
    throw new InputError(`the observer's database cannot be reached: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/** Numbers a run one above the highest, as Sacred does; whoever was faster takes the next. */
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
