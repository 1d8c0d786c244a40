import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { decisiveWords, undecidedWords } from "./decisive-words.ts";

/** The fewest parts that suffice, and the fewest that must not be missing. */
export function DecisiveParts({ explanation }: { explanation: PublishedExplanation }) {
  const undecided = undecidedWords(explanation);
  if (undecided !== null) return <p class="decisive">{undecided}</p>;
  return (
    <>
      {decisiveWords(explanation).map(({ lead, parts, meaning }) => (
        <p class="decisive">
          {lead} <strong>{parts}</strong>
          {lead.endsWith(":") ? ". " : " "}
          {meaning}
        </p>
      ))}
    </>
  );
}
