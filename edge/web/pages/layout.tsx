import { wedgePath } from "@lemons/shared/display/citrus";
import { PLAYER_PATH } from "@lemons/shared/display/embed-code";
import type { Child } from "hono/jsx";
import assets from "../../assets/asset-names.js";

/** The content of a page and its metadata. */
export interface PageProps {
  title: string;
  description: string;
  /** Path of the page, which the navigation marks as current. */
  path: string;
  /** Seconds after which a browser without scripts reloads the page. */
  refreshSeconds?: number | undefined;
  /** Address of the page's script: the demo's by default, null for none. */
  script?: string | null;
  /** Additional elements of the document's head. */
  head?: Child;
  children: Child;
}

const NAVIGATION = [
  { href: "/", label: "Listeners" },
  { href: "/song", label: "Your song" },
  { href: "/how-it-works", label: "How it works" },
  { href: "/docs", label: "API" },
];
const LOGO_WEDGES = 5;

function Logo() {
  return (
    <svg viewBox="-50 -50 100 100" aria-hidden="true">
      <circle r="49" fill="#e5c400" />
      <circle r="42" fill="#fffbe0" />
      {Array.from({ length: LOGO_WEDGES }, (_, index) => (
        <path
          d={wedgePath({ index, count: LOGO_WEDGES, radius: 36, gap: 5 })}
          fill={index === 0 ? "#8a6f00" : "#f7dc30"}
        />
      ))}
    </svg>
  );
}

function Header({ path }: { path: string }) {
  return (
    <header class="site-header">
      <a class="brand" href="/">
        <Logo />
        LEMONS
      </a>
      <nav class="site-nav" aria-label="Main">
        {NAVIGATION.map(({ href, label }) => (
          <a href={href} aria-current={href === path ? "page" : undefined}>
            {label}
          </a>
        ))}
      </nav>
    </header>
  );
}

function Footer() {
  return (
    <footer class="site-footer">
      <div>
        <p>
          All music is freely licensed; each track names its author, licence and changes. The
          listeners are invented.
        </p>
        <p>
          <a href="/docs">API reference</a> · <a href="/how-it-works">Method and papers</a>
        </p>
      </div>
    </footer>
  );
}

function Layout(props: PageProps) {
  const {
    title,
    description,
    path,
    refreshSeconds,
    script = assets.script,
    head,
    children,
  } = props;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title === "LEMONS" ? title : `${title} · LEMONS`}</title>
        <meta name="description" content={description} />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href={assets.style} />
        {script === null ? null : (
          <>
            {/* Every script imports the player: preloading it saves a round trip. */}
            <link rel="modulepreload" href={PLAYER_PATH} />
            <script type="module" src={script} />
          </>
        )}
        {head}
        {refreshSeconds === undefined ? null : (
          <noscript>
            <meta http-equiv="refresh" content={String(refreshSeconds)} />
          </noscript>
        )}
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to content
        </a>
        <Header path={path} />
        <main id="main" tabindex={-1}>
          {children}
        </main>
        <Footer />
      </body>
    </html>
  );
}

/** Renders the HTML document of a page. */
export function renderPage(props: PageProps): string {
  return `<!doctype html>${(<Layout {...props} />).toString()}`;
}
