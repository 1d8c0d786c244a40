import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";

const STOP_GRACE_MS = 10_000;
const LOG_TAIL_LINES = 15;

/** A child process with its output in a log file. */
export interface ManagedProcess {
  readonly name: string;
  readonly logFile: string;
  /** Rejects when the process ends without having been stopped; never resolves. */
  readonly died: Promise<never>;
  /** Asks it to end, waits, and ends it by force after ten seconds. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
}

/** What to run. */
export interface ProcessSpecification {
  name: string;
  command: string;
  arguments: string[];
  cwd: string;
  environment: NodeJS.ProcessEnv;
  logFile: string;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function logTail(file: string): Promise<string> {
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
  return lines.slice(-LOG_TAIL_LINES).join("\n");
}

/**
 * Starts a process in a group of its own, so that Ctrl-C reaches only the launcher, which then stops
 * the whole group in order.
 *
 * @throws Error (through `died`) with the end of the log when the process ends by itself
 */
export async function startProcess(specification: ProcessSpecification): Promise<ManagedProcess> {
  const { name, logFile } = specification;
  await mkdir(path.dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile);
  const child = spawn(specification.command, specification.arguments, {
    cwd: specification.cwd,
    env: specification.environment,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });

  let stopping = false;
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const died = exited.then(async (reason): Promise<never> => {
    log.end();
    if (stopping) return new Promise<never>(() => {});
    throw new Error(`${name} ended (${reason}). End of ${logFile}:\n${await logTail(logFile)}`);
  });
  // A caller that is not racing `died` at this moment must not be ended by it.
  died.catch(() => {});

  async function end(signal: NodeJS.Signals): Promise<void> {
    stopping = true;
    signalGroup(child, signal);
    const timer = setTimeout(() => signalGroup(child, "SIGKILL"), STOP_GRACE_MS);
    await exited;
    clearTimeout(timer);
    // Children of the child (workerd) may outlive their parent for a moment.
    signalGroup(child, "SIGKILL");
  }

  return { name, logFile, died, stop: () => end("SIGTERM"), kill: () => end("SIGKILL") };
}
