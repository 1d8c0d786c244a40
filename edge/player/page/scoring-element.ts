import { createDisposalScope, type DisposalScope } from "../disposal-scope.ts";
import { swapRegions } from "./swap-regions.ts";

const POLL_MS = 1500;
const POLL_AFTER_FAILURE_MS = 5000;

/**
 * Stands in a ranking that is not finished yet and renews it in place until the server renders it
 * without this element.
 *
 * @attr region - id of the element to renew; this element lies in it
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
    this.#scope.timeout(() => void this.#renew(), milliseconds);
  }

  async #renew(): Promise<void> {
    const { signal } = this.#scope;
    const region = this.getAttribute("region") ?? "";
    // A new ranking would bring new players: what sounds is let play on.
    if (document.getElementById(region)?.querySelector("lemons-audio[playing]")) {
      this.#schedule(POLL_MS);
      return;
    }
    try {
      await swapRegions([region], signal);
    } catch {
      // The page still shows the last state, and the next try may succeed.
      if (!signal.aborted) this.#schedule(POLL_AFTER_FAILURE_MS);
    }
  }
}

customElements.define("lemons-scoring", LemonsScoring);
