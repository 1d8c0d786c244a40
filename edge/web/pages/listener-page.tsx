import type { ListenerProfile } from "@lemons/shared/contract/listener";
import type { RecommendationPage } from "@lemons/shared/contract/recommendation";
import { Avatar } from "./avatar.tsx";
import { renderPage } from "./layout.tsx";
import { isScoring, RecommendationTable } from "./recommendation-table.tsx";
import { TasteChart } from "./taste-chart.tsx";

const REFRESH_SECONDS = 5;

function Profile({ profile }: { profile: ListenerProfile }) {
  const { id, name, taste, tracks, plays } = profile;
  return (
    <div class="profile">
      <Avatar id={id} />
      <div>
        <h1>{name}</h1>
        <p class="lead">{taste}</p>
        <dl class="figures">
          <div>
            <dt>tracks</dt>
            <dd>{tracks}</dd>
          </div>
          <div>
            <dt>plays</dt>
            <dd>{plays}</dd>
          </div>
        </dl>
      </div>
    </div>
  );
}

function HistoryTable({ profile }: { profile: ListenerProfile }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Track</th>
          <th scope="col" class="plays">
            Plays
          </th>
        </tr>
      </thead>
      <tbody>
        {profile.history.map(({ track, plays }) => (
          <tr>
            <th scope="row" class="track-cell">
              <a href={`/listeners/${profile.id}/tracks/${track.id}`}>{track.title}</a>
              <span class="artist">{track.artist}</span>
            </th>
            <td class="plays">{plays}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/**
 * Renders `/listeners/{id}`: the profile, the recommendations and the history of a listener.
 *
 * @param page the first recommendations, or null if the listener has no model
 */
export function renderListenerPage(
  profile: ListenerProfile,
  page: RecommendationPage | null,
): string {
  return renderPage({
    title: profile.name,
    description: `Recommendations for ${profile.name}: ${profile.taste}`,
    path: `/listeners/${profile.id}`,
    refreshSeconds: page !== null && isScoring(page.scoring) ? REFRESH_SECONDS : undefined,
    children: (
      <>
        <nav class="breadcrumb" aria-label="Breadcrumb">
          <a href="/">← All listeners</a>
        </nav>
        <div class="profile-top">
          <Profile profile={profile} />
          <TasteChart profile={profile} />
        </div>
        <div class="profile-columns">
          <section aria-labelledby="recommended">
            <h2 id="recommended">Recommended for {profile.name}</h2>
            {page === null ? (
              <p>{profile.name} has no model yet, so there are no recommendations.</p>
            ) : (
              <RecommendationTable listener={profile.id} page={page} />
            )}
          </section>
          <section aria-labelledby="heard">
            <h2 id="heard">Played so far</h2>
            <HistoryTable profile={profile} />
          </section>
        </div>
      </>
    ),
  });
}
