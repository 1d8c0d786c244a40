import type { ListenerId } from "@lemons/shared/contract/identifier";
import type { RecommendationPage } from "@lemons/shared/contract/recommendation";
import { trackAudioPath } from "./api-paths.ts";
import { formatCount } from "./format.ts";
import { RelevanceBadge } from "./relevance-badge.tsx";

type Scoring = RecommendationPage["scoring"];

/** Id of the region that reloads while tracks are being scored. */
const RECOMMENDATIONS_REGION = "recommendations";

/** Returns true if tracks remain to be scored. */
export function isScoring({ scored, failed, total }: Scoring): boolean {
  return scored + failed < total;
}

function ScoringNote({ scoring }: { scoring: Scoring }) {
  const { scored, failed, total, reason } = scoring;
  if (isScoring(scoring)) {
    return (
      <lemons-scoring class="scoring" region={RECOMMENDATIONS_REGION}>
        <p>
          {reason === null
            ? "The model is listening to the catalogue. The ranking can still change."
            : `Scoring is paused: ${reason}`}{" "}
          <span class="count">
            {scored} of {total} tracks.
          </span>
        </p>
        <progress max={total} value={scored} aria-label="Tracks scored" />
        <noscript>
          <p>Reload the page to see the latest ranking.</p>
        </noscript>
      </lemons-scoring>
    );
  }
  return failed === 0 ? null : (
    <p class="muted">{formatCount(failed, "track")} couldn’t be scored.</p>
  );
}

/** The most relevant tracks, and the progress of the scoring. */
export function RecommendationTable(props: { listener: ListenerId; page: RecommendationPage }) {
  const { listener, page } = props;
  const { recommendations, scoring } = page;
  return (
    <div id={RECOMMENDATIONS_REGION}>
      <ScoringNote scoring={scoring} />
      {recommendations.length === 0 ? (
        <p class="muted">
          {isScoring(scoring)
            ? "The first tracks appear here in a moment."
            : "This listener has heard every track."}
        </p>
      ) : (
        <table class="recommendations">
          <thead>
            <tr>
              <th scope="col" class="rank">
                <span aria-hidden="true">#</span>
                <span class="visually-hidden">Rank</span>
              </th>
              <th scope="col" class="play-cell">
                <span class="visually-hidden">Listen</span>
              </th>
              <th scope="col">Track</th>
              <th scope="col">Relevance</th>
              <th scope="col" class="why">
                <span class="visually-hidden">Explanation</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {recommendations.map(({ rank, track, relevance }) => (
              <tr>
                <td class="rank">{rank}</td>
                <td class="play-cell">
                  <lemons-audio
                    compact
                    src={trackAudioPath(track.id)}
                    label={track.title}
                    seconds={track.seconds}
                  />
                </td>
                <th scope="row" class="track-cell">
                  <a href={`/listeners/${listener}/tracks/${track.id}`}>{track.title}</a>
                  <span class="artist">
                    {track.artist} · <span class="licence">{track.licence}</span>
                  </span>
                </th>
                <td>
                  <RelevanceBadge relevance={relevance} />
                </td>
                <td class="why">
                  <a
                    href={`/listeners/${listener}/tracks/${track.id}#why`}
                    aria-label={`Why ${track.title}?`}
                  >
                    Why?
                  </a>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
