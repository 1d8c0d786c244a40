import type { Progress } from "@lemons/shared/contract/job";
import type { Place, Ticket } from "./worker-line.ts";

/** How often a waiting flight looks at its place, and a computing one keeps its turn. */
const LOOK_AGAIN_MS = 3000;
const HOLD_MS = 10_000;

/** Reports the place in line. */
export type OnPlace = (progress: Progress) => void;

const lineOf = (env: Env) => env.WORKER_LINE.getByName("gpu-worker");

/**
 * Waits for a flight's turn at the gpu-worker, does the work, and lets the next one in. Without the
 * line, because its object can't be reached, the work is done at once: the gpu-worker has a queue too.
 *
 * @param onPlace called with each place in line; not if the turn is immediate
 * @param checkTime called before each wait; throws if the flight has waited too long
 * @throws whatever the work and `checkTime` throw; the signal's reason on abort
 */
export async function takeTurn<Result>(
  env: Env,
  ticket: Ticket,
  work: () => Promise<Result>,
  { signal, onPlace, checkTime }: { signal: AbortSignal; onPlace: OnPlace; checkTime: () => void },
): Promise<Result> {
  let timer: ReturnType<typeof setInterval> | null = null;
  try {
    let total = 0;
    for (let waitMs = 0; ; waitMs = LOOK_AGAIN_MS) {
      const { isAdmitted, ahead } = await enterLine(env, ticket, waitMs);
      signal.throwIfAborted();
      if (isAdmitted) break;
      checkTime();
      total = Math.max(total, ahead);
      onPlace({ phase: "waiting", done: total - ahead, total });
    }
    timer = setInterval(() => void holdTurn(env, ticket), HOLD_MS);
    return await work();
  } finally {
    clearInterval(timer);
    await leaveLine(env, ticket);
  }
}

async function enterLine(env: Env, ticket: Ticket, waitMs: number): Promise<Place> {
  try {
    return await lineOf(env).enter(ticket, waitMs);
  } catch (error) {
    warn("can't be entered", error);
    return { isAdmitted: true, ahead: 0 };
  }
}

async function holdTurn(env: Env, ticket: Ticket): Promise<void> {
  try {
    await lineOf(env).hold(ticket);
  } catch (error) {
    warn("doesn't hold a turn", error);
  }
}

/** A ticket that isn't returned expires by itself. */
async function leaveLine(env: Env, { id }: Ticket): Promise<void> {
  try {
    await lineOf(env).leave(id);
  } catch (error) {
    warn("can't be left", error);
  }
}

function warn(what: string, error: unknown): void {
  console.warn(
    `The line for the gpu-worker ${what}: ${error instanceof Error ? error.message : String(error)}`,
  );
}
