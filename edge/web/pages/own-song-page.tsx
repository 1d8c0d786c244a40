import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import type { TrackId } from "@lemons/shared/contract/identifier";
import type { Listener } from "@lemons/shared/contract/listener";
import type { TrackScorePage } from "@lemons/shared/contract/recommendation";
import type { TrackDetail } from "@lemons/shared/contract/track";
import { Avatar } from "./avatar.tsx";
import { ExplanationResult } from "./explanation-result.tsx";
import { ExplanationTypes } from "./explanation-types.tsx";
import { renderPage } from "./layout.tsx";
import { RelevanceBadge } from "./relevance-badge.tsx";
import { DeleteSong, Moment } from "./song-parts.tsx";
import { TrackWave } from "./track-parts.tsx";
import type { TrackView } from "./track-view.ts";

/** The state of an uploaded song. */
export type SongState =
  | { kind: "probing"; reason: string | null }
  | { kind: "unusable"; reason: string }
  | {
      kind: "ready";
      track: TrackDetail;
      view: TrackView;
      type: ExplanationType;
      /** The song's score for each listener. */
      scores: TrackScorePage;
    };

/** The content of an uploaded song's page. */
export interface OwnSongPageProps {
  id: TrackId;
  title: string;
  artist: string;
  state: SongState;
  /** Includes `listener`. */
  listeners: readonly Listener[];
  listener: Listener;
  keptUntil: Date;
}

const SONG_REGION = "song";
const EXPLANATION_REGION = "explanation";
const RELEVANCE_REGION = "relevance";
const LISTENERS_REGION = "listeners";

type Ready = Extract<SongState, { kind: "ready" }>;

function Probing({ reason }: { reason: string | null }) {
  return (
    <lemons-scoring class="scoring" region={SONG_REGION}>
      <p role="status">Decoding your song …</p>
      <progress aria-label="Decoding your song" />
      {reason === null ? null : (
        <p class="muted">Trying again. The last attempt failed: {reason}</p>
      )}
      <noscript>
        <p>Reload the page to see the progress.</p>
      </noscript>
    </lemons-scoring>
  );
}

function Unusable({ reason }: { reason: string }) {
  return (
    <div class="failure" role="alert">
      <p>
        <strong>This song can’t be explained.</strong>
      </p>
      <p>{reason}</p>
      <p>
        <a class="button" href="/song">
          Choose another song
        </a>
      </p>
    </div>
  );
}

/** The progress of the scores, always on one line, so that the page doesn't move when they arrive. */
function ScoresNote({ scores: { missing, reason }, view }: Pick<Ready, "scores" | "view">) {
  if (missing.length === 0) {
    return <p class="muted song-note">Its score for each listener. Choose one to hear why.</p>;
  }
  if (view.explanation === null) {
    return <p class="muted song-note">The other listeners’ scores follow the explanation.</p>;
  }
  return (
    <lemons-scoring region={LISTENERS_REGION}>
      <p class="muted song-note">
        {reason === null ? "Scoring it for every listener …" : `Scoring is paused: ${reason}`}
      </p>
    </lemons-scoring>
  );
}

/** Links to the same song for each listener. */
function Listeners({ id, listeners, listener, type, scores, view }: OwnSongPageProps & Ready) {
  const relevance = new Map(scores.scores.map((score) => [score.listener, score.relevance]));
  return (
    <div id={LISTENERS_REGION}>
      <ScoresNote scores={scores} view={view} />
      <nav aria-label="Listener">
        <ul class="song-listeners">
          {listeners.map(({ id: other, name }) => (
            <li>
              <a
                href={`/song/${id}/${other}?type=${encodeURIComponent(type)}`}
                aria-current={other === listener.id ? "true" : undefined}
              >
                <Avatar id={other} />
                <span>{name}</span>
                {relevance.has(other) ? <RelevanceBadge relevance={relevance.get(other)!} /> : null}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </div>
  );
}

function Explanation({ id, listener, type, view }: OwnSongPageProps & Ready) {
  return (
    <div id={EXPLANATION_REGION}>
      {view.explanation !== null ? (
        <ExplanationResult explanation={view.explanation} isPrivate />
      ) : (
        // Starts at once: uploading a song was the request to explain it.
        <lemons-explanation
          listener={listener.id}
          track={id}
          type={type}
          regions={[RELEVANCE_REGION, EXPLANATION_REGION, LISTENERS_REGION].join(" ")}
          running
        >
          <noscript>
            <p>Explaining here needs JavaScript.</p>
          </noscript>
        </lemons-explanation>
      )}
    </div>
  );
}

function Song(props: OwnSongPageProps & { state: Ready }) {
  const { id, state, listener } = props;
  const { track, view, type } = state;
  const path = `/song/${id}/${listener.id}`;
  return (
    <>
      <div class="track-audio">
        <TrackWave track={track} />
      </div>
      <section class="section" aria-labelledby="for">
        <h2 id="for">Listeners</h2>
        <Listeners {...props} {...state} />
      </section>
      <section class="section" id="why" aria-labelledby="why-title">
        <div class="song-why">
          <h2 id="why-title">Is it a match for {listener.name}?</h2>
          <div id={RELEVANCE_REGION}>
            {view.relevance === null ? null : <RelevanceBadge relevance={view.relevance} large />}
          </div>
        </div>
        <ExplanationTypes path={path} current={type} />
        <Explanation {...props} {...state} />
      </section>
    </>
  );
}

/** Renders `/song/{track}/{listener}`: an uploaded song, its state, and its explanation for a listener. */
export function renderOwnSongPage(props: OwnSongPageProps): string {
  const { id, title, artist, state, listener, keptUntil } = props;
  return renderPage({
    title: `${title} for ${listener.name}`,
    description: "Your own song, explained.",
    path: `/song/${id}/${listener.id}`,
    head: <meta name="robots" content="noindex" />,
    children: (
      <div data-song>
        <nav class="breadcrumb" aria-label="Breadcrumb">
          <a href="/song">← Your songs</a>
        </nav>
        <h1>{title}</h1>
        <p class="lead">{artist}</p>
        <div class="song-kept">
          <p>
            Only you see this, in this browser, until <Moment at={keptUntil} />.
          </p>
          <DeleteSong id={id} title={title} />
        </div>
        <div id={SONG_REGION} class="song-region">
          {state.kind === "ready" ? (
            <Song {...props} state={state} />
          ) : state.kind === "probing" ? (
            <Probing reason={state.reason} />
          ) : (
            <Unusable reason={state.reason} />
          )}
        </div>
      </div>
    ),
  });
}
