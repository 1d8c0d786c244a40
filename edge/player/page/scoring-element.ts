import { createDisposalScope, type DisposalScope } from "../disposal-scope.ts";
import { swapRegions } from "./swap-regions.ts";

const POLL_MS = 1500;
const POLL_AFTER_FAILURE_MS = 5000;

/**
 * Refreshes an unfinished ranking until the server renders it without this element.
 *
 * @attr region - id of the element to refresh, which contains this one
 */
export class LemonsScoring extends HTMLElement {
  #scope: DisposalScope = createDisposalScope();

  connectedCallback(): void {
    this.#scope = createDisposalScope();
    this.#schedule(POLL_MS);
  }

  disconnectedCallback(): void {
    this.#scope.dispose();
  }

  #schedule(milliseconds: number): void {
    this.#scope.timeout(() => void this.#refresh(), milliseconds);
  }

  async #refresh(): Promise<void> {
    const { signal } = this.#scope;
    const region = this.getAttribute("region") ?? "";
    // A refresh would replace the audio that is playing.
    if (document.getElementById(region)?.querySelector("lemons-audio[playing]")) {
      this.#schedule(POLL_MS);
      return;
    }
    try {
      await swapRegions([region], signal);
    } catch {
      // The page keeps the last state, and the next attempt may succeed.
      if (!signal.aborted) this.#schedule(POLL_AFTER_FAILURE_MS);
    }
  }
}

customElements.define("lemons-scoring", LemonsScoring);
