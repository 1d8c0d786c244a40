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
    text: "The model hears the middle 30 seconds, as a picture of which pitches sound when: a spectrogram.",
  },
  {
    title: "Taken apart",
    drawing: <PartsDrawing />,
    text: "The excerpt is cut into five stretches of time and separated into five sources. Added up, the 25 parts are the track again.",
  },
  {
    title: "Left out",
    drawing: <MasksDrawing />,
    text: "Parts are switched off in every possible way. These on-off patterns are called masks; for 25 parts there are 33,554,432.",
  },
  {
    title: "Asked again",
    drawing: <NetworkDrawing />,
    text: "The recommender, a convolutional network trained on what this listener plays, says for each version how well it fits: the relevance, from 0 to 1. Since each stretch of the network hears only a few parts, no work is done twice, and all versions take a few seconds.",
  },
  {
    title: "Weighed",
    drawing: <FitDrawing />,
    text: "A simple linear model learns from these answers what each part adds or takes away. Versions close to the whole track count most.",
  },
  {
    title: "Heard",
    drawing: <HeardDrawing />,
    text: "The parts with the highest weights are played back to you. That is the explanation: not a chart about the music, but the music.",
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

/** `/how-it-works`: the method in six drawings, what to make of the numbers, and the papers. */
export function renderHowItWorksPage(): string {
  return renderPage({
    title: "How it works",
    description: "How LEMONS finds the parts of a track that speak for a recommendation.",
    path: "/how-it-works",
    script: null,
    children: (
      <>
        <h1>How does it work?</h1>
        <p class="lead">
          To learn what a part of a track contributes, leave it out and ask the model again. Do that
          often enough, and the parts that matter stand out, so that they can be played.
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
          <h2>What the numbers say</h2>
          <p>
            <strong>Relevance</strong> is the model’s own answer for the whole track: 0 means that
            it does not suit the listener at all, 1 that it suits perfectly.
          </p>
          <p>
            <strong>A weight</strong> is what one part adds to the relevance, or takes from it, as
            far as a sum of parts can say. It explains this model’s answer for this listener, not
            the music as such.
          </p>
          <p>
            <strong>A Shapley value</strong> shares out the whole difference between the track and
            silence among the parts: what each adds on average, whatever else is sounding.
          </p>
          <p>
            <strong>Alone enough</strong> are the fewest parts that would be recommended by
            themselves; <strong>without</strong> certain others, the rest would not be. Both are
            found among all combinations, not guessed from the weights.
          </p>
          <p>
            <strong>Fidelity</strong> tells how far to trust the weights: it is the share of the
            model’s changing answers that they account for. At 100 % the parts simply add up; where
            it is low, the model hears combinations that no list of weights can show.
          </p>
          <h2>Limits</h2>
          <p>
            Most tracks are separated by plain signal processing, not by a neural network, so a
            little of one source can be heard in another. Twelve tracks of the demo were composed
            for it and use their true stems. The listeners and their play counts are invented.
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
