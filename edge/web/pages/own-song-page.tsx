import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import type { TrackId } from "@lemons/shared/contract/identifier";
import type { Listener } from "@lemons/shared/contract/listener";
import type { TrackDetail } from "@lemons/shared/contract/track";
import type { TrackScorePage } from "@lemons/shared/contract/track-scores";
import { Avatar } from "./avatar.tsx";
import type { ComparedListener } from "./compare-page.tsx";
import { DeleteSong } from "./delete-song.tsx";
import { ExplanationResult } from "./explanation-result.tsx";
import { ExplanationTypes } from "./explanation-types.tsx";
import { renderPage } from "./layout.tsx";
import { RelevanceBadge } from "./relevance-badge.tsx";
import { Moment } from "./song-privacy.tsx";
import { TrackWave } from "./track-wave.tsx";

/** How far an uploaded song is. */
export type SongState =
  | { kind: "probing"; reason: string | null }
  | { kind: "unusable"; reason: string }
  | {
      kind: "ready";
      track: TrackDetail;
      known: ComparedListener;
      type: ExplanationType;
      /** How relevant each listener's model finds it. */
      scores: TrackScorePage;
    };

/** Everything that the page of an uploaded song shows. */
export interface OwnSongPageProps {
  id: TrackId;
  title: string;
  artist: string;
  state: SongState;
  /** The chosen one is among them. */
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
      <p role="status">Decoding the song …</p>
      <progress aria-label="Decoding the song" />
      {reason === null ? null : <p class="muted">Trying again, after: {reason}</p>}
      <noscript>
        <p>Load the page again to see how far it is.</p>
      </noscript>
    </lemons-scoring>
  );
}

function Unusable({ reason }: { reason: string }) {
  return (
    <div class="failure" role="alert">
      <p>
        <strong>This song cannot be explained.</strong>
      </p>
      <p>{reason}</p>
      <p>
        <a class="button" href="/song">
          Take another one
        </a>
      </p>
    </div>
  );
}

/** How far the scores are: the same line, so that nothing moves when they arrive. */
function ScoresNote({ scores: { missing, reason }, known }: Pick<Ready, "scores" | "known">) {
  if (missing.length === 0) {
    return <p class="muted song-note">How well it suits each of them. Choose one to hear why.</p>;
  }
  if (known.explanation === null) {
    return (
      <p class="muted song-note">How well it suits each of them comes after the explanation.</p>
    );
  }
  return (
    <lemons-scoring region={LISTENERS_REGION}>
      <p class="muted song-note">
        {reason === null ? "Every listener’s model is hearing it …" : `Scores wait: ${reason}`}
      </p>
    </lemons-scoring>
  );
}

/** The same song for anybody else. */
function Listeners({ id, listeners, listener, type, scores, known }: OwnSongPageProps & Ready) {
  const relevance = new Map(scores.scores.map((score) => [score.listener, score.relevance]));
  return (
    <div id={LISTENERS_REGION}>
      <ScoresNote scores={scores} known={known} />
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

function Explanation({ id, listener, type, known }: OwnSongPageProps & Ready) {
  return (
    <div id={EXPLANATION_REGION}>
      {known.explanation !== null ? (
        <ExplanationResult explanation={known.explanation} isPrivate />
      ) : (
        // Whoever has uploaded it wants it explained: nobody needs to press a button for it.
        <lemons-explanation
          listener={listener.id}
          track={id}
          type={type}
          regions={[RELEVANCE_REGION, EXPLANATION_REGION, LISTENERS_REGION].join(" ")}
          running
        >
          <noscript>
            <p>Asking for this explanation here needs JavaScript.</p>
          </noscript>
        </lemons-explanation>
      )}
    </div>
  );
}

function Song(props: OwnSongPageProps & { state: Ready }) {
  const { id, state, listener } = props;
  const { track, known, type } = state;
  const path = `/song/${id}/${listener.id}`;
  return (
    <>
      <div class="track-audio">
        <TrackWave track={track} />
      </div>
      <section class="section" aria-labelledby="for">
        <h2 id="for">For whom?</h2>
        <Listeners {...props} {...state} />
      </section>
      <section class="section" id="why" aria-labelledby="why-title">
        <div class="song-why">
          <h2 id="why-title">What does {listener.name}’s model hear in it?</h2>
          <div id={RELEVANCE_REGION}>
            {known.relevance === null ? null : <RelevanceBadge relevance={known.relevance} large />}
          </div>
        </div>
        <ExplanationTypes path={path} current={type} />
        <Explanation {...props} {...state} />
      </section>
    </>
  );
}

/** `/song/{track}/{listener}`: an uploaded song, how far it is, and why it suits a listener or not. */
export function renderOwnSongPage(props: OwnSongPageProps): string {
  const { id, title, artist, state, listener, keptUntil } = props;
  return renderPage({
    title: `${title} for ${listener.name}`,
    description: "A song of your own, explained.",
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
