import type { TrackId } from "@lemons/shared/contract/identifier";

const UNTIL = new Intl.DateTimeFormat("en-GB", {
  ...{ weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" },
  timeZone: "UTC",
  timeZoneName: "short",
});

/** A date and time in UTC, readable by people and programs. */
export function Moment({ at }: { at: Date }) {
  return <time datetime={at.toISOString()}>{UNTIL.format(at)}</time>;
}

/** A button that deletes a song. Shows its final look before the script has loaded. */
export function DeleteSong({ id, title }: { id: TrackId; title: string }) {
  return (
    <lemons-delete-song track={id} label={title}>
      <button type="button" class="quiet" disabled>
        Delete this song<span class="visually-hidden"> “{title}”</span>
      </button>
    </lemons-delete-song>
  );
}

/** The privacy promise for uploaded songs. */
export function SongPromise() {
  return (
    <ul class="song-promise">
      <li>
        <strong>Yours alone.</strong> The song and everything made from it open only in this
        browser. A cookie, set when you upload and used for nothing else, makes that work.
      </li>
      <li>
        <strong>Kept for a day.</strong> 24 hours after your last upload it no longer opens, and two
        hours later it is gone completely. You can delete it earlier, even while it is being
        explained.
      </li>
      <li>
        <strong>Used for nothing else.</strong> No model is trained on it, and no listener gets it
        recommended.
      </li>
    </ul>
  );
}
