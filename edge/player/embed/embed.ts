/** The page in a frame: one player, driven by its reader and by the page around. */
import "../component/lemons-player.ts";
import { createReceiver } from "./receiver.ts";

const player = document.querySelector("lemons-player");
const isFramed = window.parent !== window;

/** The page around, as far as the browser tells; whoever it is, the content policy let it frame us. */
function originAround(): string | null {
  const [nearest] = location.ancestorOrigins ?? [];
  if (nearest !== undefined) return nearest;
  return document.referrer === "" ? null : new URL(document.referrer).origin;
}

if (player !== null) {
  const around = originAround();
  const { signal } = new AbortController();
  const receiver = createReceiver(
    player,
    location.href,
    (message) => {
      if (isFramed) window.parent.postMessage(JSON.stringify(message), around ?? "*");
    },
    signal,
  );
  window.addEventListener("message", ({ data, source, origin }) => {
    if (source !== window.parent || (around !== null && origin !== around)) return;
    receiver.receive(data);
  });
  player.addEventListener("lemons-ready", () => {
    const { start, parts } = player.dataset;
    if (start !== undefined) player.currentTime = Number(start);
    if (parts !== undefined) player.selection = parts;
    receiver.ready();
  });
}
