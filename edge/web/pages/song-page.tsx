import type { Listener } from "@lemons/shared/contract/listener";
import type { Track } from "@lemons/shared/contract/track";
import {
  MAX_AUDIO_BYTES,
  MAX_AUDIO_SECONDS,
  MAX_TEXT_LENGTH,
} from "@lemons/shared/contract/upload";
import type { UploadRow } from "../../work/uploads/uploads.ts";
import { trackAudioPath } from "./api-paths.ts";
import { Avatar } from "./avatar.tsx";
import { DeleteSong } from "./delete-song.tsx";
import { renderPage } from "./layout.tsx";
import { Moment, SongPromise } from "./song-privacy.tsx";

/** Everything that the page for uploading shows. */
export interface SongPageProps {
  listeners: readonly Listener[];
  /** A track of the catalogue to try with, or null where none may be passed on freely. */
  example: Track | null;
  /** Whether somebody without a key may upload here. */
  isOpen: boolean;
  /** The visitor's own, the newest first. */
  songs: readonly UploadRow[];
  /** Until when they are kept; null where there are none. */
  keptUntil: Date | null;
}

const MEGABYTE = 1_000_000;
const ACCEPTED = "audio/*,.wav,.mp3,.ogg,.opus,.flac,.m4a";

function FileChoice({ example }: Pick<SongPageProps, "example">) {
  return (
    <fieldset>
      <legend>A song</legend>
      <div class="drop-zone">
        <p class="drop-file">
          <input type="file" id="song-file" accept={ACCEPTED} aria-describedby="song-limits" />
          <label for="song-file" class="button drop-choose">
            Choose a file
          </label>
          <span class="drop-hint">or drop it here</span>
          <output class="drop-chosen" for="song-file" hidden />
        </p>
        <p class="muted" id="song-limits">
          wav, mp3, ogg, opus, flac or m4a, up to {MAX_AUDIO_BYTES / MEGABYTE} MB and{" "}
          {MAX_AUDIO_SECONDS / 60} minutes. The middle 30 seconds are explained.
        </p>
      </div>
      {example === null ? null : (
        <p class="song-example">
          No file at hand?{" "}
          <button
            type="button"
            class="link"
            disabled
            data-example={trackAudioPath(example.id)}
            data-title={example.title}
            data-artist={example.artist}
          >
            Take “{example.title}”
          </button>{" "}
          <span class="muted">
            by {example.artist}, {example.licence}
          </span>
        </p>
      )}
      <div class="song-texts">
        <label>
          Title
          <input type="text" name="title" maxlength={MAX_TEXT_LENGTH} autocomplete="off" />
        </label>
        <label>
          Artist
          <input type="text" name="artist" maxlength={MAX_TEXT_LENGTH} autocomplete="off" />
        </label>
      </div>
    </fieldset>
  );
}

function ListenerChoice({ listeners }: Pick<SongPageProps, "listeners">) {
  return (
    <fieldset>
      <legend>A listener to explain it for</legend>
      <div class="listener-choice">
        {listeners.map(({ id, name, taste }, index) => (
          <label>
            <input type="radio" name="listener" value={id} checked={index === 0} />
            <Avatar id={id} />
            <span>
              <strong>{name}</strong>
              <span class="taste">{taste}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function UploadForm(props: SongPageProps) {
  return (
    <lemons-upload data-max-bytes={MAX_AUDIO_BYTES}>
      <form class="song-form" novalidate>
        <FileChoice {...props} />
        <ListenerChoice {...props} />
        <div class="song-send">
          {/* Until there is a script that sends it, a form would only load the page again. */}
          <button type="submit" class="button" disabled>
            Upload and explain
          </button>
          <div class="song-status" />
        </div>
      </form>
      <noscript>
        <p>
          Uploading here needs JavaScript; without it, <code>POST /v1/tracks</code> does the same
          with a key (see the <a href="/docs">API reference</a>).
        </p>
      </noscript>
    </lemons-upload>
  );
}

/** Where only holders of a key may upload. */
function Closed() {
  return (
    <div class="notice">
      <p>
        <strong>Here songs are taken from holders of an API key only.</strong>
      </p>
      <p>
        With a key that has the scope <code>upload</code>, <code>POST /v1/tracks</code> takes the
        file and <code>POST /v1/explanations</code> explains it: the{" "}
        <a href="/docs">API reference</a> shows how. Or <a href="/">choose a listener</a> and have a
        track of the catalogue explained.
      </p>
    </div>
  );
}

const STATES: Record<UploadRow["state"], string | null> = {
  probing: "being decoded",
  ready: null,
  unusable: "could not be decoded",
};

function Songs({ songs, listeners, keptUntil }: SongPageProps) {
  const [first] = listeners;
  return (
    <section class="section" aria-labelledby="songs">
      <h2 id="songs">Your songs</h2>
      {keptUntil === null ? null : (
        <p class="muted">
          Kept until <Moment at={keptUntil} />, for you alone.
        </p>
      )}
      <ul class="songs">
        {songs.map(({ id, title, artist, state }) => (
          <li data-song>
            <div>
              <a href={`/song/${id}/${first?.id ?? ""}`}>{title}</a>
              <span class="artist">
                {artist}
                {STATES[state] === null ? null : ` · ${STATES[state]}`}
              </span>
            </div>
            <DeleteSong id={id} title={title} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** `/song`: upload a song of one's own. */
export function renderSongPage(props: SongPageProps): string {
  const { songs, isOpen, listeners } = props;
  return renderPage({
    title: "Explain your own song",
    description: "Upload a song and hear which of its parts speak for it to a listener.",
    path: "/song",
    children: (
      <>
        <h1>Explain your own song</h1>
        <p class="lead">
          Drop in a song: a listener’s model hears it for the first time, and you hear which of its
          parts speak for it.
        </p>
        {!isOpen || listeners.length === 0 ? <Closed /> : <UploadForm {...props} />}
        {songs.length === 0 ? null : <Songs {...props} />}
        {isOpen ? (
          <section class="section" aria-labelledby="promise">
            <h2 id="promise">What happens to it</h2>
            <SongPromise />
          </section>
        ) : null}
      </>
    ),
  });
}
