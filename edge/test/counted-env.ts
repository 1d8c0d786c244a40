/** What a piece of work has asked of the stores and the queue. */
export interface Asked {
  /** Statements of D1, those of a transaction one by one. */
  statements: number;
  rowsRead: number;
  rowsWritten: number;
  /** Rows of the largest answer. */
  mostRows: number;
  /** Calls of R2. */
  objects: number;
  /** Messages put into the queue of batches. */
  messages: unknown[];
}

/** An environment that counts what is asked of it; its queue only keeps the messages. */
export function countedEnv(env: Env): { env: Env; asked: Asked } {
  const asked: Asked = {
    statements: 0,
    rowsRead: 0,
    rowsWritten: 0,
    mostRows: 0,
    objects: 0,
    messages: [],
  };
  const keep = async (messages: Iterable<{ body: unknown }>) => {
    for (const { body } of messages) asked.messages.push(body);
  };
  return {
    asked,
    env: {
      ...env,
      DB: countedDatabase(env.DB, asked),
      BUCKET: new Proxy(env.BUCKET, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== "function") return value;
          return (...args: unknown[]): unknown => {
            asked.objects++;
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

function countedDatabase(db: D1Database, asked: Asked): D1Database {
  /** `batch` wants the statements themselves. */
  const inside = new WeakMap<D1PreparedStatement, D1PreparedStatement>();
  const note = <Result extends D1Result>(result: Result): Result => {
    asked.statements++;
    asked.rowsRead += result.meta.rows_read;
    asked.rowsWritten += result.meta.rows_written;
    asked.mostRows = Math.max(asked.mostRows, result.results.length);
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
