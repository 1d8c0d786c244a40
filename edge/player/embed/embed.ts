/** Script of the embedded page: one player, controlled by the visitor and by the parent page. */
import "../component/lemons-player.ts";
import { createReceiver } from "./receiver.ts";

const player = document.querySelector("lemons-player");
const isFramed = window.parent !== window;

/** Returns the origin of the parent page, or null if the browser hides it. */
function parentOrigin(): string | null {
  const [nearest] = location.ancestorOrigins ?? [];
  if (nearest !== undefined) return nearest;
  return document.referrer === "" ? null : new URL(document.referrer).origin;
}

if (player !== null) {
  const parent = parentOrigin();
  const { signal } = new AbortController();
  const receiver = createReceiver(
    player,
    location.href,
    (message) => {
      if (isFramed) window.parent.postMessage(JSON.stringify(message), parent ?? "*");
    },
    signal,
  );
  window.addEventListener("message", ({ data, source, origin }) => {
    if (source !== window.parent || (parent !== null && origin !== parent)) return;
    receiver.receive(data);
  });
  player.addEventListener("lemons-ready", () => {
    const { start, parts } = player.dataset;
    if (start !== undefined) player.currentTime = Number(start);
    if (parts !== undefined) player.selection = parts;
    receiver.ready();
  });
}
