import type { Frame, Page } from "playwright-core";

type Listening = typeof globalThis & { taps?: AnalyserNode[] };

/** Lets {@link loudnessNow} hear the pages that are opened from now on. */
export async function listenTo(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const taps: AnalyserNode[] = [];
    Object.assign(globalThis, { taps });
    const { connect } = AudioNode.prototype as { connect: (...args: unknown[]) => unknown };
    Object.assign(AudioNode.prototype, {
      connect(this: AudioNode, ...args: unknown[]) {
        const [to] = args;
        if (to instanceof AudioDestinationNode && this.context instanceof AudioContext) {
          const tap = this.context.createAnalyser();
          tap.fftSize = 2048;
          connect.call(this, tap);
          taps.push(tap);
        }
        return connect.apply(this, args);
      },
    });
  });
}

/** Returns the root mean square of the last 2048 samples played; 0 if nothing was ever played. */
export function loudnessNow(page: Page | Frame): Promise<number> {
  return page.evaluate(() => {
    const { taps = [] } = globalThis as Listening;
    const energies = taps.map((tap) => {
      const samples = new Float32Array(tap.fftSize);
      tap.getFloatTimeDomainData(samples);
      return samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
    });
    return Math.sqrt(energies.reduce((sum, energy) => sum + energy, 0));
  });
}
