import { renderPage } from "./layout.tsx";
import {
  FitDrawing,
  HeardDrawing,
  MasksDrawing,
  NetworkDrawing,
  PartsDrawing,
  TrackDrawing,
} from "./method-drawings.tsx";

const STEPS = [
  {
    title: "A track",
    drawing: <TrackDrawing />,
    text: "The model hears the middle 30 seconds as a spectrogram: which pitches sound when.",
  },
  {
    title: "Taken apart",
    drawing: <PartsDrawing />,
    text: "The excerpt is cut into five segments and separated into five sources. All 25 parts together are the track again.",
  },
  {
    title: "Muted",
    drawing: <MasksDrawing />,
    text: "Parts are muted in every possible combination. Each on-off pattern is a mask; 25 parts have 33,554,432.",
  },
  {
    title: "Scored again",
    drawing: <NetworkDrawing />,
    text: "A convolutional network, trained on what this listener plays, scores each version from 0 to 1: the relevance. Each position of the network hears only a few parts, so nothing is computed twice, and all versions take a few seconds.",
  },
  {
    title: "Weighed",
    drawing: <FitDrawing />,
    text: "A linear model is fitted to these scores: how much each part adds or takes away. Versions close to the whole track count most.",
  },
  {
    title: "Heard",
    drawing: <HeardDrawing />,
    text: "You hear the parts with the highest weights. That is the explanation: not a chart about the music, but the music.",
  },
];

const PAPERS = [
  {
    authors: "Alessandro B. Melchiorre, Verena Haunschmid, Markus Schedl, Gerhard Widmer",
    title: "LEMONS: Listenable Explanations for Music recOmmeNder Systems",
    where: "ECIR 2021",
    role: "the recommender and the idea of explaining it by listening",
  },
  {
    authors: "Verena Haunschmid, Ethan Manilow, Gerhard Widmer",
    title: "audioLIME: Listenable Explanations Using Source Separation",
    where: "2020",
    role: "time segments and separated sources as the parts of an explanation",
  },
  {
    authors: "Marco Tulio Ribeiro, Sameer Singh, Carlos Guestrin",
    title: "\u201cWhy Should I Trust You?\u201d: Explaining the Predictions of Any Classifier",
    where: "KDD 2016",
    role: "LIME, the local linear fit",
  },
];

/** Renders `/how-it-works`: the method in six drawings, the meaning of the numbers, and the papers. */
export function renderHowItWorksPage(): string {
  return renderPage({
    title: "How it works",
    description: "How LEMONS finds the parts of a track that drive a recommendation.",
    path: "/how-it-works",
    script: null,
    children: (
      <>
        <h1>How it works</h1>
        <p class="lead">
          To learn what a part of a track contributes, mute it and score the track again. Do that
          with every combination, and the parts that matter stand out.
        </p>
        <ol class="steps">
          {STEPS.map(({ title, drawing, text }) => (
            <li>
              {drawing}
              <h2>{title}</h2>
              <p>{text}</p>
            </li>
          ))}
        </ol>
        <div class="prose">
          <h2>What the numbers mean</h2>
          <p>
            <strong>Relevance</strong> is the model’s score of the whole track, from 0 (no match) to
            1 (a perfect match).
          </p>
          <p>
            <strong>A weight</strong> estimates how much one part adds to the relevance or takes
            from it, as if the parts simply added up. It explains this model’s score for this
            listener, not the music as such.
          </p>
          <p>
            <strong>A Shapley value</strong> is a part’s share of the difference between the track
            and silence: what it adds on average over all combinations of the other parts.
          </p>
          <p>
            <strong>Fewest parts that are enough</strong> would be recommended on their own. Mute
            the <strong>fewest to lose it</strong>, and the rest no longer is. Both come from all
            combinations, not from the weights.
          </p>
          <p>
            <strong>Fidelity</strong> tells how far to trust the weights: the share of the changes
            in the score that they account for. At 100 % the parts simply add up. If it is low, the
            parts work together, and no list of weights can show that.
          </p>
          <h2>Limits</h2>
          <p>
            Most tracks are separated by signal processing, not by a neural network, so a little of
            one source leaks into another. Twelve tracks of the demo were composed for it and use
            their true stems. The listeners and their play counts are invented.
          </p>
          <h2>Papers</h2>
          <ul class="papers">
            {PAPERS.map(({ authors, title, where, role }) => (
              <li>
                {authors}: <cite>{title}</cite>, {where}. <span class="muted">Here: {role}.</span>
              </li>
            ))}
          </ul>
        </div>
      </>
    ),
  });
}
