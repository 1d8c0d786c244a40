/** A player that can be paused by another one. */
interface Player {
  pause(): void;
}

/** Channel between the players of one origin, across frames and tabs. */
export const CHANNEL = "lemons-now-playing";

let current: Player | null = null;
/** Open only while a player of this page plays. */
let channel: BroadcastChannel | null = null;

/** Pauses any other player of this origin, because `player` starts. */
export function claimSound(player: Player): void {
  if (current !== player) current?.pause();
  current = player;
  channel ??= openChannel();
  channel.postMessage("playing");
}

/** Releases the claim of `player`, because it has stopped. */
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
