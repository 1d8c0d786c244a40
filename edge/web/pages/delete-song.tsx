import type { TrackId } from "@lemons/shared/contract/identifier";

/** A button that deletes a song; what it looks like at first is there before the script is. */
export function DeleteSong({ id, title }: { id: TrackId; title: string }) {
  return (
    <lemons-delete-song track={id} label={title}>
      <button type="button" class="quiet" disabled>
        Delete this song<span class="visually-hidden"> “{title}”</span>
      </button>
    </lemons-delete-song>
  );
}
