/** Something that makes sound and can be asked to stop. */
interface Player {
  pause(): void;
}

let current: Player | null = null;

/** Says that `player` starts to sound; the one that sounded before is paused. */
export function claimSound(player: Player): void {
  if (current !== player) current?.pause();
  current = player;
}

/** Says that `player` is silent or gone. */
export function releaseSound(player: Player): void {
  if (current === player) current = null;
}
