import { formatEvaluation } from "@lemons/gpu-worker/commands/evaluation-report";
import { formatFaithfulness } from "@lemons/gpu-worker/commands/faithfulness-report";
import { formatStability } from "@lemons/gpu-worker/commands/stability-report";
import {
  areaPlot,
  pointingPlot,
} from "@lemons/research/experiment/faithfulness/faithfulness-plots";
import { distancePlot, stabilityPlot } from "@lemons/research/experiment/stability-plots";
import { html, raw } from "hono/html";
import { commandLine, EXPERIMENTS, type Experiment } from "./commands.ts";
import { readFaithfulness } from "./read-faithfulness.ts";
import { readStability } from "./read-stability.ts";
import { STYLE } from "./report-style.ts";
import type { Results } from "./results.ts";

type Fragment = ReturnType<typeof html>;

/** Renders all results as one self-contained page without scripts. */
export async function reportPage({
  evaluation,
  stability,
  faithfulness,
}: Results): Promise<string> {
  const { settings } = stability;
  const agreement = await distancePlot(stability, "topAgreement");
  const error = await distancePlot(stability, "weightError");
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>LEMONS: experiments</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<main>
<h1>Experiments</h1>
<p>How stable are explanations by sampled masks, are explanations true, and how well do the demo's models
rank? Three commands answer that for the demo catalogue; everything on this page comes from what they
printed. <code>npm run experiments</code> makes all of it afresh.</p>

<h2>Stability</h2>
<p>LEMONS's own experiment (Melchiorre et al., ECIR 2021): a track is explained ${settings.repeats} times by
N<sub>s</sub> random masks, and U<sub>n</sub> counts the different components among the top ${settings.top} of all
${settings.repeats}. Best is ${settings.top}: every explanation names the same. Here for ${stability.tracks} tracks and
${stability.listeners.length} listeners each; the masks' relevances are read from response tables, so nothing but the masks
differs from run to run.</p>
${command("stability")}
${figure(
  await stabilityPlot(stability, { byListener: false }),
  "All pairs of listener and track. Violins: distribution; dots: mean; broken line: exact explanations.",
)}
${list(readStability(stability))}
${agreement && figure(agreement, "Thin lines: listeners. Dark line: their mean.")}
${error && figure(error, "Median over tracks. w* is the exact explanation of as many effective samples, which the mean over seeds tends to.")}
<details><summary>By listener</summary>
${figure(await stabilityPlot(stability, { byListener: true }), "As above, a row a listener.")}
</details>
${printed(formatStability(stability))}

<h2>Faithfulness</h2>
<p>Explanations of listeners whose taste is known. For the ${faithfulness.tracks.length} tracks whose stems are known, networks of
the same family as the demo's are trained to tell whether a source sounds: one head a source, on mixtures
with and without it. A listener who wants drums has drums for a reason, and the explanation must say so.
Each track is explained by a network that never heard it in training. That a listener answers to the source
is checked by intervention on the true stems: recommended as a whole and by the source alone, not without it.</p>
${command("faithfulness")}
${figure(
  await pointingPlot(faithfulness),
  "Verified cases. Dots: share, lines: 95 % intervals with tracks resampled, strokes: chance.",
)}
${list(readFaithfulness(faithfulness))}
${figure(
  await areaPlot(faithfulness),
  "Verified cases of planted listeners. Deletion removes components from the whole track, insertion adds them to silence, the highest value first.",
)}
${printed(formatFaithfulness(faithfulness))}

<h2>Ranking</h2>
<p>How well the demo's models tell what their listeners have listened to.</p>
${command("evaluate")}
${printed(formatEvaluation(evaluation))}

<h2>Files</h2>
<p>${Object.values(EXPERIMENTS).map(({ file }) => html`<a href="${file}">${file}</a> `)}: what the commands printed, by the
contracts in <code>shared/contract</code>.</p>
</main>
</body>
</html>
`;
  return String(await page);
}

function command(name: Experiment): Fragment {
  return html`<div class="command scroll" tabindex="0" role="region" aria-label="command"><pre>${commandLine(EXPERIMENTS[name])}</pre></div>`;
}

function figure(svg: string, caption: string): Fragment {
  return html`<figure><div class="scroll" tabindex="0" role="region" aria-label="plot">${raw(svg)}</div><figcaption>${caption}</figcaption></figure>`;
}

function list(sentences: readonly string[]): Fragment {
  return html`<ul>${sentences.map((each) => html`<li>${each}</li>`)}</ul>`;
}

/** The human-readable output of a command. */
function printed(text: string): Fragment {
  return html`<details><summary>As the command prints it</summary><div class="command scroll" tabindex="0" role="region" aria-label="output"><pre>${text}</pre></div></details>`;
}
