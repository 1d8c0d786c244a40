import type { Track } from "@lemons/shared/contract/track";

/** Author, licence, changes and origin of a track: they go wherever its sound goes. */
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
