import type { Enumeration, PartStatistics } from "@lemons/shared/enumeration/enumeration";

/**
 * Works on parts until none is left.
 *
 * @param nextPart shared by all threads
 */
export function takeParts(
  { parts, run }: Enumeration,
  nextPart: Int32Array<SharedArrayBuffer>,
  onPart: (part: number, statistics: PartStatistics) => void,
): void {
  for (;;) {
    const part = Atomics.add(nextPart, 0, 1);
    if (part >= parts) return;
    onPart(part, run(part));
  }
}
