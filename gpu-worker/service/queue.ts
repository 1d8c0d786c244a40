/** Waiting in line: `ahead` counts down to 0, which is when the turn comes. */
export interface Place {
  ahead: number;
}

export interface EnterOptions {
  /** Leaves the line when aborted. */
  signal: AbortSignal;
  /** Called at once and whenever somebody ahead has gone; not where the turn is immediate. */
  onPlace?: (place: Place) => void;
}

/** One computes, the others wait in order of arrival. */
export interface Queue {
  readonly running: number;
  readonly waiting: number;
  /** Whether a newcomer would be one too many. */
  readonly full: boolean;
  /**
   * Waits for the turn.
   *
   * @returns to be called when the turn is over; calling it again does nothing
   * @throws the signal's reason where it is aborted while waiting
   */
  enter(options: EnterOptions): Promise<() => void>;
  /** Sends everybody who waits away; `enter` throws them this reason. */
  dismiss(reason: unknown): void;
}

interface Waiter {
  admit: () => void;
  moveUp: (ahead: number) => void;
  sendAway: (reason: unknown) => void;
}

/** @param maxWaiting how many may wait besides the one that runs before the queue is `full` */
export function createQueue(maxWaiting: number): Queue {
  const line: Waiter[] = [];
  let running = 0;

  function takeTurn(): () => void {
    running = 1;
    let over = false;
    return () => {
      if (over) return;
      over = true;
      running = 0;
      line.shift()?.admit();
      announce();
    };
  }

  function announce(): void {
    for (const [index, waiter] of line.entries()) waiter.moveUp(index + running);
  }

  return {
    get running() {
      return running;
    },
    get waiting() {
      return line.length;
    },
    get full() {
      return running > 0 && line.length >= maxWaiting;
    },
    async enter({ signal, onPlace }) {
      signal.throwIfAborted();
      if (running === 0) return takeTurn();
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          admit: () => {
            signal.removeEventListener("abort", leave);
            resolve(takeTurn());
          },
          moveUp: (ahead) => onPlace?.({ ahead }),
          sendAway: (reason) => {
            signal.removeEventListener("abort", leave);
            reject(reason);
          },
        };
        const leave = () => {
          line.splice(line.indexOf(waiter), 1);
          reject(signal.reason);
          announce();
        };
        signal.addEventListener("abort", leave, { once: true });
        line.push(waiter);
        waiter.moveUp(line.length - 1 + running);
      });
    },
    dismiss(reason) {
      for (const waiter of line.splice(0)) waiter.sendAway(reason);
    },
  };
}
