import type { Progress } from "@lemons/shared/contract/job";

export interface EnterOptions {
  /** Jobs of different accounts take turns; see {@link createQueue}. */
  account: string;
  /** Leaves the queue when aborted. */
  signal: AbortSignal;
  /**
   * Called with the phase `waiting` at once and whenever the place in the queue changes; never if the
   * turn is immediate. `total - done` jobs are ahead, the running one included.
   */
  onProgress?: (progress: Progress) => void;
}

/** Lets one job compute while the others wait. */
export interface Queue {
  readonly running: number;
  readonly waiting: number;
  /** Returns whether a further job of an account has to be refused. */
  isFull(account: string): boolean;
  /**
   * Waits for a turn.
   *
   * @returns ends the turn; calling it again has no effect
   * @throws the signal's reason if it is aborted while waiting
   */
  enter(options: EnterOptions): Promise<() => void>;
  /** Rejects every waiting `enter` with a reason. */
  dismiss(reason: unknown): void;
}

interface Waiter {
  account: string;
  /** Turns are taken by rising round, within a round in order of arrival. */
  round: number;
  admit: () => void;
  moveTo: (ahead: number) => void;
  reject: (reason: unknown) => void;
}

/** The account of requests that name none: of batches, or of an edge that knows no accounts. */
export const NO_ACCOUNT = "";

/**
 * Creates a queue in which accounts take turns: in each round, every account that waits gets one turn.
 * So one account's many jobs hold up the next job of another by one turn only (start-time fair
 * queueing, Goyal et al. 1996, with every job counted alike).
 *
 * @param maxWaiting how many jobs may wait beside the one that runs. A named account may fill half of
 *   these places, rounded up.
 */
export function createQueue(maxWaiting: number): Queue {
  const maxWaitingOfAccount = Math.ceil(maxWaiting / 2);
  /** In the order of their turns. */
  let waiters: Waiter[] = [];
  let running: { account: string } | null = null;
  /** The round of the job that runs, or ran last. */
  let round = 0;

  function roundFor(account: string): number {
    const own = waiters.filter((waiter) => waiter.account === account);
    return (own.at(-1)?.round ?? round) + 1;
  }

  function takeTurn(account: string, ofRound: number): () => void {
    const turn = { account };
    running = turn;
    round = ofRound;
    return () => {
      if (running !== turn) return;
      running = null;
      waiters.shift()?.admit();
      announce();
    };
  }

  function announce(): void {
    for (const [index, waiter] of waiters.entries()) waiter.moveTo(index + (running ? 1 : 0));
  }

  return {
    get running() {
      return running ? 1 : 0;
    },
    get waiting() {
      return waiters.length;
    },
    isFull(account) {
      if (!running) return false;
      const own = waiters.filter((waiter) => waiter.account === account).length;
      const isGreedy = account !== NO_ACCOUNT && own >= maxWaitingOfAccount;
      return isGreedy || waiters.length >= maxWaiting;
    },
    async enter({ account, signal, onProgress }) {
      signal.throwIfAborted();
      if (!running) return takeTurn(account, round + 1);
      return new Promise((resolve, reject) => {
        let total = 0;
        let announced: number | null = null;
        const leave = () => {
          waiters = waiters.filter((each) => each !== waiter);
          reject(signal.reason);
          announce();
        };
        const waiter: Waiter = {
          account,
          round: roundFor(account),
          admit() {
            signal.removeEventListener("abort", leave);
            resolve(takeTurn(account, waiter.round));
          },
          moveTo(ahead) {
            if (ahead === announced) return;
            announced = ahead;
            total = Math.max(total, ahead);
            onProgress?.({ phase: "waiting", done: total - ahead, total });
          },
          reject(reason) {
            signal.removeEventListener("abort", leave);
            reject(reason);
          },
        };
        signal.addEventListener("abort", leave, { once: true });
        const next = waiters.findIndex((each) => each.round > waiter.round);
        waiters.splice(next === -1 ? waiters.length : next, 0, waiter);
        announce();
      });
    },
    dismiss(reason) {
      for (const waiter of waiters.splice(0)) waiter.reject(reason);
    },
  };
}
