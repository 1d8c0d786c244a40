const UNTIL = new Intl.DateTimeFormat("en-GB", {
  ...{ weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" },
  timeZone: "UTC",
  timeZoneName: "short",
});

/** A moment, for people and for programs. */
export function Moment({ at }: { at: Date }) {
  return <time datetime={at.toISOString()}>{UNTIL.format(at)}</time>;
}

/** What happens to an uploaded song, in plain words. */
export function SongPromise() {
  return (
    <ul class="song-promise">
      <li>
        <strong>Yours alone.</strong> The song and everything made of it can be seen in this browser
        only, by a cookie that is set when you upload and does nothing else.
      </li>
      <li>
        <strong>Kept for a day.</strong> 24 hours after your last upload it can no longer be opened,
        and two hours later nothing of it is left. You can delete it at any time before, even while
        it is being explained.
      </li>
      <li>
        <strong>Used for nothing else.</strong> No model is trained with it, and nobody is
        recommended it.
      </li>
    </ul>
  );
}
