import { TrackText } from "@lemons/shared/contract/track";
import { ProblemError } from "../../base/problems/problem.ts";
import { FormError, type FormEvent, multipartForm } from "./multipart-form.ts";

const MAX_TEXT_BYTES = 1024;
const AUDIO = "audio";
const TEXTS = ["title", "artist"] as const;

/** Title and artist of an audio file. */
export interface UploadTexts {
  title?: string | undefined;
  artist?: string | undefined;
}

/**
 * Reads a form with one file, `audio`, and the texts `title` and `artist` before or after it.
 *
 * @param receive receives the file piece by piece, and must read it to its end
 * @throws ProblemError bad-request that names the invalid part
 */
export async function readUploadForm<Received>(
  body: AsyncIterable<Uint8Array>,
  boundary: string,
  receive: (file: AsyncIterable<Uint8Array>) => Promise<Received>,
): Promise<{ received: Received; texts: UploadTexts }> {
  const events = new FormEvents(multipartForm(body, boundary));
  const texts: UploadTexts = {};
  let received: { file: Received } | null = null;
  try {
    for (let part = await events.nextPart(); part !== null; part = await events.nextPart()) {
      const { name, filename } = part;
      if (name === AUDIO && received === null) {
        received = { file: await receive(events.data()) };
        if (filename) texts.title ??= withoutExtension(filename);
      } else if (name === "title" || name === "artist") {
        texts[name] = await readText(name, events.data());
      } else {
        throw faulty(name, `is not one of ${[AUDIO, ...TEXTS].join(", ")}, or comes twice`);
      }
    }
  } catch (error) {
    if (error instanceof FormError) throw faulty("body", error.message);
    throw error;
  }
  if (received === null) throw faulty(AUDIO, "is missing: the file to upload");
  return { received: received.file, texts };
}

/** @throws ProblemError bad-request if a text is empty, too long, or not plain text */
function checkedText(field: string, text: string): string {
  const parsed = TrackText.safeParse(text);
  if (parsed.success) return parsed.data;
  throw faulty(field, parsed.error.issues[0]!.message);
}

async function readText(name: string, data: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of data) {
    bytes += chunk.length;
    if (bytes > MAX_TEXT_BYTES) throw faulty(name, `must have at most ${MAX_TEXT_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return checkedText(name, text + decoder.decode());
}

/** Derives a title from a file's name. @returns undefined if the name is no valid title */
function withoutExtension(filename: string): string | undefined {
  const name = filename.replace(/^.*[/\\]/, "").replace(/\.[A-Za-z0-9]{1,5}$/, "");
  const parsed = TrackText.safeParse(name.slice(0, 200));
  return parsed.success ? parsed.data : undefined;
}

function faulty(field: string, message: string): ProblemError {
  return new ProblemError({ kind: "bad-request", errors: [{ field, message }] });
}

/** Reads a form's events part by part. */
class FormEvents {
  readonly #events: AsyncGenerator<FormEvent>;
  #waiting: Extract<FormEvent, { kind: "part" }> | null = null;
  #ended = false;

  constructor(events: AsyncGenerator<FormEvent>) {
    this.#events = events;
  }

  /** Returns the next part, and skips the unread rest of the one before. */
  async nextPart(): Promise<Extract<FormEvent, { kind: "part" }> | null> {
    while (this.#waiting === null && !this.#ended) await this.#next();
    const part = this.#waiting;
    this.#waiting = null;
    return part;
  }

  /** Yields the content of the current part. */
  async *data(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const bytes = await this.#next();
      if (bytes === null) return;
      yield bytes;
    }
  }

  async #next(): Promise<Uint8Array | null> {
    const { done, value } = await this.#events.next();
    if (done) this.#ended = true;
    else if (value.kind === "part") this.#waiting = value;
    else return value.bytes;
    return null;
  }
}
