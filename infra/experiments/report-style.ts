import { PLOT_THEMES } from "@lemons/research/plots/render-plot";

/** Follows the system's colour scheme; plots and tables wider than the window scroll. */
export const STYLE = `
:root{color-scheme:light dark;${PLOT_THEMES.light};--quiet:#5c5c5c;--line:#d8d8d8}
@media (prefers-color-scheme:dark){:root{${PLOT_THEMES.dark};--quiet:#a8adb5;--line:#41454d}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem 1rem 4rem;max-width:52rem;background:var(--plot-paper);color:var(--plot-ink);font:1rem/1.55 system-ui,sans-serif}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .5rem}
h2{font-size:1.35rem;margin:3rem 0 .5rem;padding-top:1rem;border-top:1px solid var(--line)}
h3{font-size:1.05rem;margin:2rem 0 .5rem}
p,ul{max-width:42rem}
li{margin:.3rem 0}
a{color:var(--plot-1)}
figure{margin:1.5rem 0}
figcaption{color:var(--quiet);font-size:.9rem;max-width:42rem}
.scroll{overflow-x:auto}
.scroll:focus-visible{outline:2px solid var(--plot-1)}
.scroll svg{display:block;height:auto;max-width:100%;min-width:34rem}
pre{margin:0;font:.8rem/1.5 ui-monospace,monospace}
code{font:.9em ui-monospace,monospace}
.command{overflow-x:auto;padding:.6rem .8rem;border:1px solid var(--line);border-radius:.4rem}
details{margin:1rem 0}
summary{cursor:pointer}
`;
