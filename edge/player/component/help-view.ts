import { html, type TemplateResult } from "lit";
import type { TextKey } from "../texts/english.ts";
import type { Locale } from "../texts/locale.ts";

const KEYS: readonly (readonly [keys: readonly string[], action: TextKey])[] = [
  [["k", "␣"], "help.play"],
  [["←", "→"], "help.seek"],
  [["j", "l"], "help.seek-far"],
  [["↑", "↓"], "help.volume"],
  [["m"], "help.mute"],
  [["1", "–", "5"], "help.row"],
  [["⇧", "1", "–", "5"], "help.column"],
  [["← ↑ ↓ →"], "help.grid"],
  [["⏎", "␣"], "help.toggle"],
  [["r"], "help.loop"],
  [["c"], "help.compare"],
  [["0"], "help.reset"],
  [["?"], "help.help"],
];

/** The list of keyboard shortcuts, as a dialog that is opened with `showModal`. */
export function renderHelp({ t }: Locale): TemplateResult {
  return html`
    <dialog class="help" aria-labelledby="help-title">
      <form method="dialog">
        <h3 id="help-title">${t("help.open")}</h3>
        <dl>
          ${KEYS.map(
            ([keys, action]) => html`
              <dt>${keys.map((key) => (key === "–" ? html`<span>–</span>` : html`<kbd>${key}</kbd>`))}</dt>
              <dd>${t(action)}</dd>
            `,
          )}
        </dl>
        <button class="quiet">${t("help.close")}</button>
      </form>
    </dialog>
  `;
}
