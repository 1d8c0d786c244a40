import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from "pino";

export type Log = Pick<Logger, LogLevel>;
export type LogLevel = "info" | "warn" | "error";

/**
 * Creates a log of one JSON object a line: `level`, `time` (ISO 8601), the fields, `event`.
 *
 * @param stream stdout by default, written synchronously: the last lines before an exit aren't lost
 */
export function createLog(stream: DestinationStream = destination({ dest: 1, sync: true })): Log {
  return pino(
    {
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      messageKey: "event",
      formatters: { level: (level) => ({ level }) },
      serializers: { error: errorForLog },
    },
    stream,
  );
}

/** Describes an error with its stack and every cause. */
function errorForLog(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack, cause } = error;
  return { name, message, stack, ...(cause === undefined ? {} : { cause: errorForLog(cause) }) };
}
