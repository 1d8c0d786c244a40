export type LogLevel = "info" | "warn" | "error";
export type Log = (level: LogLevel, event: string, fields?: Record<string, unknown>) => void;

/** A log of one JSON object a line: `time`, `level`, `event`, then the fields. */
export function createLog(write: (line: string) => void): Log {
  return (level, event, fields = {}) => {
    write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`);
  };
}

/** An error with its stack and every cause, as a log field. */
export function errorForLog(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack, cause } = error;
  return { name, message, stack, ...(cause === undefined ? {} : { cause: errorForLog(cause) }) };
}
