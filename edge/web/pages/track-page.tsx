import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import type { Listener } from "@lemons/shared/contract/listener";
import type { TrackDetail } from "@lemons/shared/contract/track";
import { Attribution } from "./attribution.tsx";
import { ExplanationResult } from "./explanation-result.tsx";
import { ExplanationTypes } from "./explanation-types.tsx";
import { renderPage } from "./layout.tsx";
import { RelevanceBadge } from "./relevance-badge.tsx";
import { TrackWave } from "./track-wave.tsx";

/** Everything a track page shows. */
export interface TrackPageProps {
  listener: Listener;
  track: TrackDetail;
  /** 0 to 1, or null while the listener's model has not scored the track. */
  relevance: number | null;
  type: ExplanationType;
  /** The stored explanation of this type, or null. */
  explanation: PublishedExplanation | null;
  /** Whether it is being computed at this moment. */
  running: boolean;
}

const EXPLANATION_REGION = "explanation";
/** Known at the latest with the explanation. */
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
          // A custom element has no boolean attributes of its own: "false" would count as set.
          running={running || undefined}
        >
          <noscript>
            <p>
              This explanation has not been computed yet. Asking for it here needs JavaScript;
              without it, <code>POST /v1/explanations</code> does the same (see the{" "}
              <a href="/docs">API reference</a>), and the answer then stands on this page.
            </p>
          </noscript>
        </lemons-explanation>
      )}
    </div>
  );
}

/** `/listeners/{id}/tracks/{trackId}`: the track, its relevance, and why. */
export function renderTrackPage(props: TrackPageProps): string {
  const { listener, track, relevance, type } = props;
  const path = `/listeners/${listener.id}/tracks/${track.id}`;
  return renderPage({
    title: `${track.title} for ${listener.name}`,
    description: `Why LEMONS thinks that ${track.title} by ${track.artist} suits ${listener.name}, or not.`,
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
            <h2 id="why-title">Why does the model think so?</h2>
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
