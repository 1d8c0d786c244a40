import type { Highlight, PublishedExplanation } from "@lemons/shared/contract/explanation";
import { componentListLabel } from "./component-label.ts";
import { ComponentMap } from "./component-map.tsx";
import { DecisiveParts } from "./decisive-parts.tsx";
import { ExplanationSettings } from "./explanation-settings.tsx";
import { fidelityWords } from "./fidelity-words.ts";
import { WeightTable } from "./weight-table.tsx";

const HIGHLIGHT_TITLES: Record<Highlight["name"], string> = {
  "top-1": "The part that speaks most for it",
  "top-3": "The three parts that speak most for it",
};

type HighlightAudio = NonNullable<Highlight["audio"]>;

/** What is to be cut off; audio that is rendered when it is first asked for is whole. */
function lengthAttributes({ sampleRate, encoderDelaySamples, samples }: HighlightAudio) {
  return {
    "sample-rate": sampleRate,
    "encoder-delay-samples": encoderDelaySamples,
    samples,
  };
}

function HighlightCard(props: { explanation: PublishedExplanation; highlight: Highlight }) {
  const { explanation, highlight } = props;
  const { name, file, audio } = highlight;
  const parts = componentListLabel(highlight.components.map((i) => explanation.components[i]!));
  const src = `/v1/explanations/${explanation.id}/audio/${name}`;
  return (
    <section class="highlight" data-highlight={name}>
      <h3>{HIGHLIGHT_TITLES[name]}</h3>
      {file === null ? (
        <p>Nothing to hear: no part of this excerpt speaks for the track.</p>
      ) : (
        <>
          <p>{parts}</p>
          <lemons-audio
            src={src}
            label={`highlight: ${parts}`}
            seconds={audio === null ? 0 : audio.samples / audio.sampleRate}
            highlight
            {...(audio === null ? {} : lengthAttributes(audio))}
          >
            <noscript>
              <a href={src}>Play the highlight (mp3)</a>
            </noscript>
          </lemons-audio>
        </>
      )}
    </section>
  );
}

/** The hatching of bars that speak against the track; bars refer to it by its id. */
function HatchDefinition() {
  return (
    <svg class="defs" aria-hidden="true">
      <defs>
        <pattern id="against" width="6" height="6" patternUnits="userSpaceOnUse">
          <rect class="against-ground" width="6" height="6" />
          <path class="against-stroke" d="M-1.5 1.5l3-3M0 6l6-6M4.5 7.5l3-3" />
        </pattern>
      </defs>
    </svg>
  );
}

function Legend() {
  return (
    <p class="legend">
      <span>
        <svg width="22" height="14" aria-hidden="true">
          <rect class="bar-for" x="1" y="1" width="20" height="12" />
        </svg>
        speaks for the track
      </span>
      <span>
        <svg width="22" height="14" aria-hidden="true">
          <rect class="bar-against" x="1" y="1" width="20" height="12" />
        </svg>
        speaks against it
      </span>
    </p>
  );
}

/** A finished explanation: in words, to hear, and in numbers. */
export function ExplanationResult({ explanation }: { explanation: PublishedExplanation }) {
  const { components, highlights, id, ranking, summary } = explanation;
  const { percent, word, meaning } = fidelityWords(explanation.fidelity);
  const overTime = components.some(({ segment }) => segment !== null);
  return (
    <div>
      <p class="summary" tabindex={-1} data-answer>
        {summary}
      </p>
      <p class="fidelity">
        Fidelity <strong>{percent}</strong>, {word}: {meaning}
      </p>
      <DecisiveParts explanation={explanation} />
      <div class="highlights">
        {highlights.map((highlight) => (
          <HighlightCard explanation={explanation} highlight={highlight} />
        ))}
      </div>
      <section class="parts" aria-labelledby="parts">
        <h3 id="parts">All {components.length} parts</h3>
        <HatchDefinition />
        <Legend />
        {overTime ? <ComponentMap components={components} /> : null}
        <WeightTable components={components} ranking={ranking} />
      </section>
      <ExplanationSettings explanation={explanation} />
      <p class="json-link">
        <a href={`/v1/explanations/${id}`}>This explanation as JSON</a>
      </p>
    </div>
  );
}
