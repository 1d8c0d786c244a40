import type { RunEnvironment, TrainingConfig } from "@lemons/shared/contract/training";

/** Description of a run, for its records. */
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

/** Records the events of a run. */
export interface RunObserver {
  /**
   * Records a metric.
   *
   * @param step training step from 1 for `train.loss`, epoch for every other metric
   * @param time time of the measurement
   */
  scalar(name: string, value: number, step: number, time: Date): void;
  /** Records a line of the log. */
  line(text: string): void;
  /** Records a file that the run has written. */
  artifact(name: string, path: string): Promise<void>;
  /** Writes pending records, unless the observer waits for its next interval. */
  flush(): Promise<void>;
  end(end: RunEnd, time: Date): Promise<void>;
}

/** Combines observers into one. */
export function combineObservers(all: readonly RunObserver[]): RunObserver {
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
