/** Counts of calls to D1, R2 and the queue. */
export interface CallCounts {
  /** Statements of D1; each of a transaction counts. */
  statements: number;
  rowsRead: number;
  rowsWritten: number;
  /** Rows of the largest result. */
  mostRows: number;
  /** Calls to R2. */
  objects: number;
  /** Messages sent to the queue of batches. */
  messages: unknown[];
}

/** Returns an environment that counts its calls. Its queue only stores the messages. */
export function countedEnv(env: Env): { env: Env; counts: CallCounts } {
  const counts: CallCounts = {
    statements: 0,
    rowsRead: 0,
    rowsWritten: 0,
    mostRows: 0,
    objects: 0,
    messages: [],
  };
  const keep = async (messages: Iterable<{ body: unknown }>) => {
    for (const { body } of messages) counts.messages.push(body);
  };
  return {
    counts,
    env: {
      ...env,
      DB: countedDatabase(env.DB, counts),
      BUCKET: new Proxy(env.BUCKET, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== "function") return value;
          return (...args: unknown[]): unknown => {
            counts.objects++;
            return Reflect.apply(value, target, args);
          };
        },
      }),
      BATCH_QUEUE: {
        send: (body: unknown) => keep([{ body }]),
        sendBatch: keep,
      } as unknown as Queue,
    },
  };
}

function countedDatabase(db: D1Database, counts: CallCounts): D1Database {
  /** The wrapped statements: `batch` accepts only the originals. */
  const inside = new WeakMap<D1PreparedStatement, D1PreparedStatement>();
  const note = <Result extends D1Result>(result: Result): Result => {
    counts.statements++;
    counts.rowsRead += result.meta.rows_read;
    counts.rowsWritten += result.meta.rows_written;
    counts.mostRows = Math.max(counts.mostRows, result.results.length);
    return result;
  };
  const wrap = (statement: D1PreparedStatement): D1PreparedStatement => {
    const wrapped = new Proxy(statement, {
      get(target, name) {
        if (name === "bind") return (...values: unknown[]) => wrap(target.bind(...values));
        if (name === "all" || name === "run") return async () => note(await target.all());
        if (name === "first") return async () => note(await target.all()).results[0] ?? null;
        return Reflect.get(target, name);
      },
    });
    inside.set(wrapped, statement);
    return wrapped;
  };
  return new Proxy(db, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => wrap(target.prepare(sql));
      if (name === "batch") {
        return async (statements: D1PreparedStatement[]) =>
          (await target.batch(statements.map((each) => inside.get(each) ?? each))).map(note);
      }
      return Reflect.get(target, name);
    },
  });
}
