import type { Listener } from "@lemons/shared/contract/listener";
import { Avatar } from "./avatar.tsx";
import { HeroDrawing } from "./hero-drawing.tsx";
import { renderPage } from "./layout.tsx";
import { formatCount } from "./number-format.ts";

function ListenerCard({ listener }: { listener: Listener }) {
  const { id, name, taste, tracks, plays } = listener;
  return (
    <li class="card">
      <Avatar id={id} />
      <div>
        <h3>
          <a href={`/listeners/${id}`}>{name}</a>
        </h3>
        <p class="taste">{taste}</p>
        <p class="counts">
          {formatCount(tracks, "track")} · {formatCount(plays, "play")}
        </p>
      </div>
    </li>
  );
}

/** Beside the listeners: what they would say to a song that the visitor brings. */
function OwnSongCard() {
  return (
    <li class="card own-song">
      <svg class="avatar" viewBox="0 0 64 64" aria-hidden="true">
        <circle cx="32" cy="32" r="30" />
        <path d="M32 20v24M20 32h24" />
      </svg>
      <div>
        <h3>
          <a href="/song">Your own song</a>
        </h3>
        <p class="taste">Bring a file, and hear what one of them would like about it, or not.</p>
      </div>
    </li>
  );
}

/** `/`: choose a listener. */
export function renderHomePage(listeners: readonly Listener[]): string {
  return renderPage({
    title: "LEMONS",
    description: "A music recommender that can be heard explaining itself.",
    path: "/",
    script: null,
    children: (
      <>
        <div class="hero">
          <div>
            <h1>Music recommendations you can hear the reasons for</h1>
            <p class="lead">
              LEMONS listens to a track, predicts how well it fits a listener, and then plays you
              the very parts of the sound that made the difference.{" "}
              <a href="/how-it-works">How does it work?</a>
            </p>
          </div>
          <HeroDrawing />
        </div>
        <section class="section" aria-labelledby="listeners">
          <h2 id="listeners">Choose a listener</h2>
          {listeners.length === 0 ? (
            <p>There are no listeners yet: the catalogue has not been seeded.</p>
          ) : (
            <ul class="cards">
              {listeners.map((listener) => (
                <ListenerCard listener={listener} />
              ))}
              <OwnSongCard />
            </ul>
          )}
        </section>
      </>
    ),
  });
}
