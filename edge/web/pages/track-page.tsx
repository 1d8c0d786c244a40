import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import type { TrackDetail } from "@lemons/shared/contract/track";
import { ExplanationResult } from "./explanation-result.tsx";
import { ExplanationTypes } from "./explanation-types.tsx";
import { renderPage } from "./layout.tsx";
import { RelevanceBadge } from "./relevance-badge.tsx";
import { Attribution, TrackWave } from "./track-parts.tsx";
import type { TrackView } from "./track-view.ts";

/** A track as one listener's model sees it. */
export interface TrackPageProps extends TrackView {
  track: TrackDetail;
  type: ExplanationType;
}

const EXPLANATION_REGION = "explanation";
/** Reloads with the explanation, which contains the relevance. */
const RELEVANCE_REGION = "relevance";

function TrackAudio({ track }: { track: TrackDetail }) {
  return (
    <div class="track-audio">
      <TrackWave track={track} />
      <Attribution track={track} />
    </div>
  );
}

function Explanation({ listener, track, type, explanation, running }: TrackPageProps) {
  return (
    <div id={EXPLANATION_REGION}>
      {explanation !== null ? (
        <ExplanationResult explanation={explanation} />
      ) : (
        <lemons-explanation
          listener={listener.id}
          track={track.id}
          type={type}
          regions={`${RELEVANCE_REGION} ${EXPLANATION_REGION}`}
          // JSX writes `running="false"` for a custom element, which counts as set.
          running={running || undefined}
        >
          <noscript>
            <p>
              Not explained yet. Explaining it here needs JavaScript. Without it, send{" "}
              <code>POST /v1/explanations</code> (see the <a href="/docs">API reference</a>) and
              reload this page.
            </p>
          </noscript>
        </lemons-explanation>
      )}
    </div>
  );
}

/** Renders `/listeners/{id}/tracks/{track}`: the track, its relevance, and the explanation. */
export function renderTrackPage(props: TrackPageProps): string {
  const { listener, track, relevance, type } = props;
  const path = `/listeners/${listener.id}/tracks/${track.id}`;
  return renderPage({
    title: `${track.title} for ${listener.name}`,
    description: `Why ${track.title} by ${track.artist} is a match for ${listener.name}, or not.`,
    path,
    children: (
      <>
        <nav class="breadcrumb" aria-label="Breadcrumb">
          <a href={`/listeners/${listener.id}`}>← {listener.name}’s recommendations</a>
        </nav>
        <div class="track-head">
          <div>
            <h1>{track.title}</h1>
            <p class="lead">{track.artist}</p>
          </div>
          <div id={RELEVANCE_REGION}>
            {relevance === null ? (
              <p class="muted">Not scored for {listener.name} yet</p>
            ) : (
              <RelevanceBadge relevance={relevance} large />
            )}
          </div>
        </div>
        <TrackAudio track={track} />
        <section class="section" id="why" aria-labelledby="why-title">
          <div class="why-head">
            <h2 id="why-title">Why this score?</h2>
            <a class="alone" href={`/tracks/${track.id}/compare?a=${listener.id}`}>
              Compare {listener.name} with another listener
            </a>
          </div>
          <ExplanationTypes path={path} current={type} />
          <Explanation {...props} />
        </section>
      </>
    ),
  });
}
