import { renderPage } from "./layout.tsx";

/** The frame of the page for administrators: what it shows needs a key, which only its script has. */
export function renderAdminPage(): string {
  return renderPage({
    title: "Administration",
    description: "Batches, failures and usage.",
    path: "/admin",
    children: (
      <>
        <h1>Administration</h1>
        <lemons-admin>
          <noscript>
            <p>This page needs scripts. The same is at /v1/batches and /v1/usage.</p>
          </noscript>
        </lemons-admin>
      </>
    ),
  });
}
