const MAX_BODY_CHARACTERS = 4096;

/** Keeps a message that came to nothing. One that is delivered twice is kept once. */
export async function storeDeadLetter(
  db: D1Database,
  { id, body }: Pick<Message, "id" | "body">,
  reason: string,
): Promise<void> {
  const text = (JSON.stringify(body) ?? String(body)).slice(0, MAX_BODY_CHARACTERS);
  await db
    .prepare(
      `INSERT INTO dead_letters (id, body, reason, received_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO NOTHING`,
    )
    .bind(id, text, reason, new Date().toISOString())
    .run();
}
