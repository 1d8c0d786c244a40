import { BatchMessage } from "@lemons/shared/contract/batch";
import { run } from "../base/rows.ts";
import { dispatch, giveUp, noteFault, passTurn, settle, takeTurn } from "./ledger.ts";
import { runItem } from "./run-item.ts";

const MAX_RETRY_SECONDS = 60;
const MAX_BODY_CHARACTERS = 4096;

/** Takes the turns that a delivery of messages carries. Acknowledges each message separately. */
export async function consume(env: Env, { messages }: MessageBatch): Promise<void> {
  await Promise.all(messages.map((message) => consumeOne(env, message)));
}

async function consumeOne(env: Env, message: Message): Promise<void> {
  const parsed = BatchMessage.safeParse(message.body);
  if (!parsed.success) {
    // Malformed: another delivery won't help.
    await storeDeadLetter(env.DB, message, parsed.error.issues[0]!.message);
    message.ack();
    return;
  }
  try {
    await takeOne(env, parsed.data);
    message.ack();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(JSON.stringify({ ...parsed.data, attempts: message.attempts, error: reason }));
    const { batch, item: id, turn } = parsed.data;
    await noteFault(env, { batch, id, turn }, reason);
    message.retry({ delaySeconds: Math.min(5 * 2 ** (message.attempts - 1), MAX_RETRY_SECONDS) });
  }
}

async function takeOne(env: Env, message: BatchMessage): Promise<void> {
  const item = await takeTurn(env, message);
  if (item === null) return;
  const outcome = await runItem(env, item);
  if (outcome.state === "again") {
    await passTurn(env, item, outcome);
    return;
  }
  await settle(env, item, outcome);
  await dispatch(env);
}

/** Handles messages whose deliveries all failed: fails their items, and keeps the messages. */
export async function consumeDead(env: Env, { messages }: MessageBatch): Promise<void> {
  for (const message of messages) {
    const parsed = BatchMessage.safeParse(message.body);
    await storeDeadLetter(env.DB, message, "Every delivery failed.");
    if (parsed.success) {
      await giveUp(env, parsed.data, "Every delivery of its message failed.");
      await dispatch(env);
    }
    message.ack();
  }
}

/** Stores an undeliverable message for inspection. A repeated one is stored once. */
async function storeDeadLetter(
  db: D1Database,
  { id, body }: Pick<Message, "id" | "body">,
  reason: string,
): Promise<void> {
  const text = (JSON.stringify(body) ?? String(body)).slice(0, MAX_BODY_CHARACTERS);
  await run(
    db,
    `INSERT INTO dead_letters (id, body, reason, received_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO NOTHING`,
    ...[id, text, reason, new Date().toISOString()],
  );
}
