import type { Problem } from "@lemons/shared/contract/problem";
import { renderPage } from "./layout.tsx";

/** A problem as a page, for those who asked for HTML. */
export function renderErrorPage(problem: Problem): string {
  const { status, title, detail, errors, instance } = problem;
  return renderPage({
    title,
    description: title,
    path: "",
    children: (
      <div class="prose">
        <p class="muted">Error {status}</p>
        <h1>{title}</h1>
        {errors === undefined || errors.length === 0 ? (
          <p>{detail}</p>
        ) : (
          <ul>
            {errors.map(({ field, message }) => (
              <li>
                <code>{field}</code> {message}
              </li>
            ))}
          </ul>
        )}
        <p>
          <a class="button" href="/">
            To the listeners
          </a>
        </p>
        {instance === undefined ? null : (
          <p class="muted">
            Request <code>{instance}</code>
          </p>
        )}
      </div>
    ),
  });
}
