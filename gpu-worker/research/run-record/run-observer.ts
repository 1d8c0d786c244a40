import type { RunEnvironment, TrainingConfig } from "@lemons/shared/contract/training";

/** What a run is, for those who keep a record of it. */
export interface RunDescription {
  experimentName: string;
  /** Every option of the run, without secrets. */
  config: TrainingConfig & Record<string, unknown>;
  environment: RunEnvironment;
  startTime: Date;
}

/** How a run ended. */
export type RunEnd =
  | { status: "COMPLETED"; result: number | null }
  | { status: "INTERRUPTED" }
  | { status: "FAILED"; error: Error };

/** One that is told what happens in a run. */
export interface RunObserver {
  /**
   * @param step of `train.loss` a step from 1 on, else an epoch
   * @param time when it was measured
   */
  scalar(name: string, value: number, step: number, time: Date): void;
  /** A line that the user was shown. */
  line(text: string): void;
  /** Files that the run has made. */
  artifact(name: string, path: string): Promise<void>;
  /** Writes what has gathered, where it is time. */
  flush(): Promise<void>;
  end(end: RunEnd, time: Date): Promise<void>;
}

/** Tells all of them. */
export function observers(all: readonly RunObserver[]): RunObserver {
  const each = async (work: (observer: RunObserver) => Promise<void>) => {
    for (const observer of all) await work(observer);
  };
  return {
    scalar(...scalar) {
      for (const observer of all) observer.scalar(...scalar);
    },
    line(text) {
      for (const observer of all) observer.line(text);
    },
    artifact: (name, path) => each((observer) => observer.artifact(name, path)),
    flush: () => each((observer) => observer.flush()),
    end: (end, time) => each((observer) => observer.end(end, time)),
  };
}
