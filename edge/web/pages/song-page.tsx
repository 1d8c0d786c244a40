import type { Listener } from "@lemons/shared/contract/listener";
import {
  MAX_AUDIO_BYTES,
  MAX_AUDIO_SECONDS,
  MAX_TEXT_LENGTH,
  type Track,
} from "@lemons/shared/contract/track";
import type { UploadRow } from "../../work/uploads/uploads.ts";
import { trackAudioPath } from "./api-paths.ts";
import { Avatar } from "./avatar.tsx";
import { renderPage } from "./layout.tsx";
import { DeleteSong, Moment, SongPromise } from "./song-parts.tsx";

/** The content of the upload page. */
export interface SongPageProps {
  listeners: readonly Listener[];
  /** A freely licensed track of the catalogue to try, or null if there is none. */
  example: Track | null;
  /** True if visitors can upload without a key. */
  isOpen: boolean;
  /** The visitor's songs, newest first. */
  songs: readonly UploadRow[];
  /** When the songs are removed, or null if there are none. */
  keptUntil: Date | null;
}

const MEGABYTE = 1_000_000;
const ACCEPTED = "audio/*,.wav,.mp3,.ogg,.opus,.flac,.m4a";

function FileChoice({ example }: Pick<SongPageProps, "example">) {
  return (
    <fieldset>
      <legend>Your song</legend>
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
          WAV, MP3, Ogg, Opus, FLAC or M4A, up to {MAX_AUDIO_BYTES / MEGABYTE} MB and{" "}
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
            Use “{example.title}”
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
      <legend>Explain it for</legend>
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
          {/* Disabled until the script has loaded: without it the form would only reload the page. */}
          <button type="submit" class="button" disabled>
            Upload and explain
          </button>
          <div class="song-status" />
        </div>
      </form>
      <noscript>
        <p>
          Uploading here needs JavaScript. Without it, use <code>POST /v1/tracks</code> with a key
          (see the <a href="/docs">API reference</a>).
        </p>
      </noscript>
    </lemons-upload>
  );
}

/** Replaces the form if uploads need an API key. */
function Closed() {
  return (
    <div class="notice">
      <p>
        <strong>Uploading needs an API key here.</strong>
      </p>
      <p>
        With a key that has the scope <code>upload</code>, send the file to{" "}
        <code>POST /v1/tracks</code>, then use <code>POST /v1/explanations</code> (see the{" "}
        <a href="/docs">API reference</a>). Or <a href="/">choose a listener</a> and explain a track
        of the catalogue.
      </p>
    </div>
  );
}

const STATES: Record<UploadRow["state"], string | null> = {
  probing: "decoding",
  ready: null,
  unusable: "couldn’t be decoded",
};

function Songs({ songs, listeners, keptUntil }: SongPageProps) {
  const [first] = listeners;
  return (
    <section class="section" aria-labelledby="songs">
      <h2 id="songs">Your songs</h2>
      {keptUntil === null ? null : (
        <p class="muted">
          Only you see them, in this browser, until <Moment at={keptUntil} />.
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

/** Renders `/song`: the upload form and the visitor's songs. */
export function renderSongPage(props: SongPageProps): string {
  const { songs, isOpen, listeners } = props;
  return renderPage({
    title: "Explain your own song",
    description: "Upload a song and hear which of its parts make it a match, or not.",
    path: "/song",
    children: (
      <>
        <h1>Explain your own song</h1>
        <p class="lead">
          Drop in a song, and hear which of its parts make it a match for a listener, or not.
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
