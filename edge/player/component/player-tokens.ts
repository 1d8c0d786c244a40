import { css } from "lit";

/** Colors and sizes of the player. Pages override those with a `--lemons-` property. */
export const playerTokens = css`
  :host {
    --_text: var(--lemons-text, light-dark(#211f18, #f3efe0));
    --_muted: var(--lemons-muted, light-dark(#625e50, #b5af9b));
    --_surface: var(--lemons-surface, light-dark(#ffffff, #1e1d17));
    --_sunken: var(--lemons-sunken, light-dark(#f8f5ea, #17160f));
    --_line: var(--lemons-line, light-dark(#e8e2cf, #34322a));
    --_edge: light-dark(#8f8a78, #7f7a69);
    --_accent: var(--lemons-accent, light-dark(#f7dc30, #f2db4b));
    --_on-accent: var(--lemons-on-accent, #211f18);
    --_accent-edge: light-dark(#8a6f00, #f2db4b);
    --_for: light-dark(#f5d400, #8a7200);
    --_for-ink: light-dark(#6d5700, #ffe45c);
    --_against: var(--lemons-against, light-dark(#5b61a6, #8f96e0));
    --_against-ground: light-dark(#b9bef0, #50589c);
    --_focus: var(--lemons-focus, light-dark(#3d53c6, #9db0ff));
    --_danger: light-dark(#8f2d20, #ff9d8f);
    --_radius: var(--lemons-radius, 0.875rem);
    --_label: 7rem;
    --_gap: 3px;
    color-scheme: inherit;
    display: block;
    container-type: inline-size;
    color: var(--_text);
    font-family: var(
      --lemons-font,
      system-ui,
      -apple-system,
      "Segoe UI",
      Roboto,
      "Noto Sans",
      "Liberation Sans",
      Arial,
      sans-serif
    );
    font-size: 1rem;
    line-height: 1.45;
  }
  :host([theme="light"]) {
    color-scheme: light;
  }
  :host([theme="dark"]) {
    color-scheme: dark;
  }
  :host([hidden]) {
    display: none;
  }
`;
