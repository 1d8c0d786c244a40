// cspell:disable (German)
import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import { needsWarning } from "@lemons/shared/explanation/summary";
import type {
  NamedPart,
  SummaryFacts,
  SummarySide,
} from "@lemons/shared/explanation/summary-facts";
import type { Locale } from "./locale.ts";

interface Noun {
  text: string;
  isPlural: boolean;
}

const SOURCE_NOUNS: ReadonlyMap<string, string> = new Map([
  ["vocals", "der Gesang"],
  ["piano", "das Klavier"],
  ["drums", "das Schlagzeug"],
  ["bass", "der Bass"],
  ["other", "der Rest (Gitarren, Streicher, Synthesizer)"],
]);

/** Negated name of one component of each type. */
const NO_PART: Readonly<Record<ExplanationType, string>> = {
  time: "kein einzelner Abschnitt",
  source: "keine einzelne Stimme",
  "time+source": "kein einzelner Teil",
};

const NUMBER_WORDS = ["Zwei", "Drei", "Vier", "Fünf", "Sechs", "Sieben", "Acht", "Neun", "Zehn"];

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function partNoun({ source, times }: NamedPart, locale: Locale): Noun {
  const when = times === null ? "" : locale.list(times.map(locale.time), ", ");
  if (source === null) {
    const isPlural = times !== null && times.length > 1;
    const noun = isPlural ? "die Abschnitte" : "der Abschnitt";
    return { text: `${noun} ${when}`.trim(), isPlural };
  }
  const noun = SOURCE_NOUNS.get(source) ?? `„${source}“`;
  return { text: when === "" ? noun : `${noun} bei ${when}`, isPlural: false };
}

function nounOf(parts: readonly NamedPart[], locale: Locale): Noun {
  const nouns = parts.map((part) => partNoun(part, locale));
  return {
    text: locale.list(
      nouns.map(({ text }) => text),
      ", ",
    ),
    isPlural: nouns.length > 1 || nouns.some(({ isPlural }) => isPlural),
  };
}

function verb(helps: boolean, isPlural: boolean): string {
  if (helps) return isPlural ? "helfen" : "hilft";
  return isPlural ? "schaden" : "schadet";
}

/** "Der Gesang schadet." or, with a degree, "Am meisten schadet der Gesang." */
function sideSentences(
  side: SummarySide,
  helps: boolean,
  locale: Locale,
  degree?: string,
): string[] {
  if (side === "none") return [];
  if (side === "several") return [`Mehrere Teile ${verb(helps, true)}.`];
  const { text, isPlural } = nounOf(side, locale);
  const predicate = verb(helps, isPlural);
  return degree === undefined
    ? [`${capitalised(text)} ${predicate}.`]
    : [`${degree} ${predicate} ${text}.`];
}

function combinationSentences({ type, enough }: SummaryFacts, locale: Locale): string[] {
  if (enough?.count === 1) {
    const { text, isPlural } = nounOf(enough.parts, locale);
    return [`${capitalised(text)} allein ${isPlural ? "genügen" : "genügt"} schon.`];
  }
  const decides = `${capitalised(NO_PART[type])} entscheidet, das Zusammenspiel zählt.`;
  if (enough === null) return [decides];
  return [decides, `${NUMBER_WORDS[enough.count - 2] ?? enough.count} davon genügen schon.`];
}

function reasonSentences(facts: SummaryFacts, locale: Locale): string[] {
  const { recommended, reason, type } = facts;
  const verdict = recommended ? "Empfohlen" : "Passt nicht";
  const none = NO_PART[type];
  switch (reason.kind) {
    case "undivided":
      return [`${verdict}.`, "Das Stück hat nur einen Teil, also lässt sich nichts vergleichen."];
    case "indifferent":
      return [`${verdict}.`, `${capitalised(none)} ändert etwas.`];
    case "unexplained":
      return [`${verdict}.`, ...combinationSentences(facts, locale)];
    case "even":
      return [`${verdict}.`, `Es zählt das ganze Stück, ${none} sticht heraus.`];
    case "unsupported":
      return [
        ...(recommended
          ? [`${verdict}, obwohl ${none} hilft.`]
          : [`${verdict}.`, "Nichts schreckt ab, aber zu wenig zieht an."]),
        ...sideSentences(reason.opposed, !recommended, locale, "Am meisten"),
      ];
    case "supported": {
      const { reasons, mostly, opposed } = reason;
      const degree = mostly ? "Vor allem" : "Am ehesten";
      return [
        `${verdict}.`,
        ...(Array.isArray(reasons)
          ? sideSentences(reasons, recommended, locale, degree)
          : combinationSentences(facts, locale)),
        ...sideSentences(opposed, !recommended, locale),
      ];
    }
  }
}

/** Words the same facts as the English summary in one to three short German sentences. */
export function germanSummary(facts: SummaryFacts, locale: Locale): string {
  const sentences = reasonSentences(facts, locale);
  if (needsWarning(facts)) {
    sentences.push("Die Teile wirken zusammen, probier also Kombinationen aus.");
  }
  return sentences.join(" ");
}
