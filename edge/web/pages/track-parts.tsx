import type { Track, TrackDetail } from "@lemons/shared/contract/track";
import { trackAudioPath } from "./api-paths.ts";

/** Finer than a screen shows; keeps the page small. */
const PEAK_DECIMALS = 2;

/** The waveform and playback of a whole track. */
export function TrackWave({ track }: { track: TrackDetail }) {
  const src = trackAudioPath(track.id);
  return (
    <lemons-audio
      src={src}
      label={track.title}
      seconds={track.seconds}
      peaks={JSON.stringify(track.peaks.map((peak) => Number(peak.toFixed(PEAK_DECIMALS))))}
    >
      <noscript>
        <a href={src}>Play the track</a>
      </noscript>
    </lemons-audio>
  );
}

/** Author, licence, changes and origin of a track. Every page that plays the track shows them. */
export function Attribution({ track }: { track: Track }) {
  const { title, artist, licence, licenceUrl, changes, origin } = track;
  return (
    <dl class="attribution">
      <div>
        <dt>Work</dt>
        <dd>
          {title} by {artist}
        </dd>
      </div>
      <div>
        <dt>Licence</dt>
        <dd>
          {licenceUrl === null ? (
            licence
          ) : (
            <a href={licenceUrl} rel="license">
              {licence}
            </a>
          )}
        </dd>
      </div>
      <div>
        <dt>Changes</dt>
        <dd>{changes}</dd>
      </div>
      <div>
        <dt>Origin</dt>
        <dd>{origin}</dd>
      </div>
    </dl>
  );
}
