/** Something that makes sound and can be asked to stop. */
interface Player {
  pause(): void;
}

/** Players of one origin hear of each other here: in frames of one page, and in other tabs. */
export const CHANNEL = "lemons-now-playing";

let current: Player | null = null;
/** Open only while something sounds here: who is silent has nothing to hear of. */
let channel: BroadcastChannel | null = null;

/** Says that `player` starts to sound; the one that sounded before is paused, wherever it is. */
export function claimSound(player: Player): void {
  if (current !== player) current?.pause();
  current = player;
  channel ??= openChannel();
  channel.postMessage("sounds");
}

/** Says that `player` is silent or gone. */
export function releaseSound(player: Player): void {
  if (current !== player) return;
  current = null;
  channel?.close();
  channel = null;
}

function openChannel(): BroadcastChannel {
  const opened = new BroadcastChannel(CHANNEL);
  opened.addEventListener("message", () => {
    const paused = current;
    paused?.pause();
    if (paused !== null) releaseSound(paused);
  });
  return opened;
}
