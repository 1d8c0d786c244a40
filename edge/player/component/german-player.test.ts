// cspell:ignore valuetext Empfohlen Passt nicht Erklärung wird geladen
import { readFileSync } from "node:fs";
import { enumerate } from "@lemons/shared/enumeration/enumerate";
import { compileEnumeration } from "@lemons/shared/enumeration/module";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";
import { describe, expect, it } from "vitest";
import { EXAMPLES, exampleApi } from "../gallery/gallery-examples.ts";
import { ENGLISH } from "../texts/english.ts";
import { GERMAN } from "../texts/german.ts";
import { createLocale } from "../texts/locale.ts";
import { describeError } from "../texts/translate.ts";
import { settled } from "./example.fixture.ts";
import { openSession, type PlayerSession } from "./player-session.ts";
import { renderNotReady, renderPlayer } from "./player-view.ts";

const module = compileEnumeration(
  readFileSync(new URL("../../../shared/enumeration/enumerate.wasm", import.meta.url)),
);
const count = (table: FoldedTable) => enumerate(module, table);
const german = createLocale("de");
const READ_ATTRIBUTES = ["aria-label", "aria-valuetext", "title"];

/** Returns the texts of a Lit template: its text nodes and the attributes that are read aloud. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== "object" || value === null || !("strings" in value)) return [];
  const { strings, values } = value as { strings: readonly string[]; values: readonly unknown[] };
  let markup = "";
  const dynamic = values.flatMap((each, i) => {
    markup += strings[i];
    const openTag = markup.slice(markup.lastIndexOf("<"));
    const attribute = openTag.includes(">") ? null : /([\w@.?-]+)=["']?[^"']*$/.exec(openTag)?.[1];
    if (attribute === null) return textsOf(each);
    return READ_ATTRIBUTES.includes(attribute ?? "") ? textsOf(each) : [];
  });
  return [...dynamic, (markup + strings.at(-1)).replaceAll(/<[^>]*>/g, " ")];
}

const wordsOf = (text: string) =>
  (text.replaceAll(/\{\w+\}/g, " ").match(/\p{L}{2,}/gu) ?? []).map((word) => word.toLowerCase());

function renderAll(session: PlayerSession): string {
  const template = renderPlayer({
    session,
    locale: german,
    isPlain: false,
    isCompact: false,
    isSlow: true,
    focused: { row: 1, column: 1 },
    pointed: { row: 1, column: 1 },
    bars: 40,
    mix: [],
    waves: () => null,
    openHelp() {},
    onSave() {},
    onFocus() {},
    onPoint() {},
    onMove() {},
    onSeek() {},
  });
  const { title, artist, licence, changes } = session.track;
  return [title, artist, licence, changes].reduce(
    (text, name) => text.replaceAll(name, " "),
    textsOf(template).join(" "),
  );
}

describe("a German player", () => {
  const shown = Object.keys(EXAMPLES).filter((name) => name !== "loading" && name !== "error");
  const germanWords = new Set(wordsOf(Object.values(GERMAN).join(" ")));
  const englishTexts = Object.values(ENGLISH).join(" ");
  const foreignWords = (text: string, english: string) => {
    const onlyEnglish = new Set(wordsOf(english).filter((word) => !germanWords.has(word)));
    return wordsOf(text).filter((word) => onlyEnglish.has(word));
  };

  it.each(shown)("shows no English in the gallery's state %s", async (name) => {
    const shape = EXAMPLES[name]!;
    const closed = new AbortController();
    const { signal } = closed;
    const api = exampleApi(shape, count);
    const explanation = await api.explanation(signal);
    const track = await api.track(explanation.track, signal);
    const session = openSession(api, explanation, track, signal);
    // Node decodes no audio, so every example shows a failure of the sound as well.
    if (shape.failure !== "stems-late") await session.sound.render().catch(() => {});
    const { whatIf } = session;
    const texts = [renderAll(session)];
    whatIf.toggle(0);
    await settled();
    texts.push(renderAll(session));
    whatIf.setView("source");
    await settled();
    texts.push(renderAll(session));
    whatIf.select(whatIf.get().gates.slice().fill(0));
    await settled();
    texts.push(renderAll(session));
    closed.abort();

    expect(texts[0]).toMatch(/Empfohlen|Passt nicht/);
    expect(foreignWords(texts.join(" "), `${englishTexts} ${explanation.summary}`)).toEqual([]);
  });

  it("shows no English while loading and after an error", () => {
    const problem = describeError(new Error("The server went away"));
    const texts = (["idle", "loading"] as const).map((phase) =>
      textsOf(renderNotReady({ phase }, true, german, () => {})),
    );
    const failed = textsOf(renderNotReady({ phase: "error", problem }, true, german, () => {}));
    const text = [...texts.flat(), ...failed].join(" ");
    expect(foreignWords(text, `${englishTexts} The server went away`)).toEqual([]);
    expect(text).toContain("Erklärung wird geladen");
  });

  it("would be caught showing English", () => {
    expect(foreignWords("Not a match. Its vocals hurt.", "Its vocals hurt most.")).toContain("its");
  });
});
