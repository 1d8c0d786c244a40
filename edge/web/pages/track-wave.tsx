import type { TrackDetail } from "@lemons/shared/contract/track";
import { trackAudioPath } from "./api-paths.ts";

/** Finer than a screen draws; keeps the page small. */
const PEAK_DECIMALS = 2;

/** A whole track, to be seen and heard. */
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
