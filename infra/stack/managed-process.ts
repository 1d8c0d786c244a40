import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";

const STOP_GRACE_MS = 10_000;
const LOG_TAIL_LINES = 15;

/** A child process with its output in a log file. */
export interface ManagedProcess {
  readonly name: string;
  readonly logFile: string;
  /** Rejects if the process ends without having been stopped; never resolves. */
  readonly died: Promise<never>;
  /** Sends SIGTERM to its group and waits; sends SIGKILL after ten seconds. */
  stop(): Promise<void>;
  /** Sends SIGKILL to its group, as a crash would. */
  kill(): Promise<void>;
}

/** Command, environment and log of a process. */
export interface ProcessSpecification {
  name: string;
  command: string;
  arguments: string[];
  cwd: string;
  environment: NodeJS.ProcessEnv;
  logFile: string;
  /** Called once if the log file can't be written, such as on a full disk. */
  onLogFailure?: (error: Error) => void;
}

/** Groups that still run: none may outlive the launcher, however that ends. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) signalGroup(child, "SIGKILL");
});

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/**
 * Starts a process in a group of its own, so that Ctrl-C reaches only the launcher, which then stops
 * the whole group in order.
 *
 * @throws Error (through `died`) with the end of the log if the process ends by itself
 */
export function startProcess(specification: ProcessSpecification): ManagedProcess {
  const { name, logFile } = specification;
  const child = spawn(specification.command, specification.arguments, {
    cwd: specification.cwd,
    env: specification.environment,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  running.add(child);
  const closeLog = writeLog(child, specification);

  let stopping = false;
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const died = exited.then(async (reason): Promise<never> => {
    running.delete(child);
    closeLog();
    if (stopping) return new Promise<never>(() => {});
    // Children of the child (workerd) may outlive their parent.
    signalGroup(child, "SIGKILL");
    throw new Error(`${name} ended (${reason}). End of ${logFile}:\n${await logTail(logFile)}`);
  });
  // A caller that isn't waiting for `died` at this moment must not be ended by it.
  died.catch(() => {});

  async function end(signal: NodeJS.Signals): Promise<void> {
    stopping = true;
    signalGroup(child, signal);
    const timer = setTimeout(() => signalGroup(child, "SIGKILL"), STOP_GRACE_MS);
    await exited;
    clearTimeout(timer);
    signalGroup(child, "SIGKILL");
  }

  return { name, logFile, died, stop: () => end("SIGTERM"), kill: () => end("SIGKILL") };
}

/** Copies a child's output to its log. If that fails, the output is dropped and the child runs on. */
function writeLog(child: ChildProcess, { logFile, onLogFailure }: ProcessSpecification) {
  const outputs = [child.stdout!, child.stderr!];
  const discard = (error: Error) => {
    for (const output of outputs) output.unpipe().resume();
    onLogFailure?.(error);
  };
  try {
    mkdirSync(path.dirname(logFile), { recursive: true });
  } catch (error) {
    discard(error as Error);
    return () => {};
  }
  const log = createWriteStream(logFile);
  log.once("error", discard);
  for (const output of outputs) output.pipe(log, { end: false });
  return () => log.end();
}

async function logTail(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(
    (error: Error) => `(the log can't be read: ${error.message})`,
  );
  return text.trimEnd().split("\n").slice(-LOG_TAIL_LINES).join("\n");
}
