import type { Listener } from "@lemons/shared/contract/listener";
import type { TrackDetail } from "@lemons/shared/contract/track";
import { Avatar } from "./avatar.tsx";
import { renderPage } from "./layout.tsx";
import { RelevanceBadge } from "./relevance-badge.tsx";
import { Attribution } from "./track-parts.tsx";
import type { TrackView } from "./track-view.ts";

/** The track, the two compared listeners, and the choice of listeners. */
export interface ComparePageProps {
  track: TrackDetail;
  sides: readonly [TrackView, TrackView];
  /** Listeners that can be selected. */
  listeners: readonly Listener[];
}

function Chooser({ track, sides, listeners }: ComparePageProps) {
  return (
    <form class="compare-choice" action={`/tracks/${track.id}/compare`}>
      {(["a", "b"] as const).map((name, index) => (
        <label>
          {index === 0 ? "Compare" : "with"}
          <select name={name}>
            {listeners.map(({ id, name: shown }) => (
              <option value={id} selected={id === sides[index]!.listener.id}>
                {shown}
              </option>
            ))}
          </select>
        </label>
      ))}
      <button type="submit" class="button">
        Compare
      </button>
    </form>
  );
}

function Side({ side, track }: { side: TrackView; track: TrackDetail }) {
  const { listener, relevance, explanation, running } = side;
  const region = `compare-${listener.id}`;
  return (
    <section aria-labelledby={`${region}-name`} id={region}>
      <div class="compare-head">
        <Avatar id={listener.id} />
        <h2 id={`${region}-name`}>
          <a href={`/listeners/${listener.id}/tracks/${track.id}`}>{listener.name}</a>
        </h2>
        {relevance === null ? null : <RelevanceBadge relevance={relevance} />}
      </div>
      {explanation === null ? (
        <lemons-explanation
          listener={listener.id}
          track={track.id}
          type="time+source"
          regions={region}
          running={running || undefined}
        >
          <noscript>
            <p>Explaining here needs JavaScript.</p>
          </noscript>
        </lemons-explanation>
      ) : (
        <>
          <p class="compare-summary">{explanation.summary}</p>
          <lemons-player explanation={explanation.id} plain data-compared />
        </>
      )}
    </section>
  );
}

/** Renders `/tracks/{id}/compare?a=…&b=…`: one track, explained for two listeners side by side. */
export function renderComparePage(props: ComparePageProps): string {
  const { track, sides } = props;
  const [first, second] = sides;
  const names = `${first.listener.name} and ${second.listener.name}`;
  return renderPage({
    title: `${track.title} for ${names}`,
    description: `How ${track.title} scores for ${names}, and why.`,
    path: `/tracks/${track.id}/compare`,
    children: (
      <>
        <nav class="breadcrumb" aria-label="Breadcrumb">
          <a href={`/listeners/${first.listener.id}/tracks/${track.id}`}>← {track.title}</a>
        </nav>
        <h1>One track, two listeners</h1>
        <p class="lead">
          {track.title} by {track.artist}. Mute a part for one listener, and it is muted for the
          other too.
        </p>
        <Chooser {...props} />
        <div class="compare">
          {sides.map((side) => (
            <Side side={side} track={track} />
          ))}
        </div>
        <Attribution track={track} />
      </>
    ),
  });
}
