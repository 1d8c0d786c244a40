import { BatchMessage } from "@lemons/shared/contract/batch";
import { storeDeadLetter } from "./dead-letters.ts";
import { dispatch, giveUp, noteFault, passTurn, settle, takeTurn } from "./ledger.ts";
import { runItem } from "./run-item.ts";

const MAX_RETRY_SECONDS = 60;

/** Takes the turns that a delivery of messages stands for. Each message is acknowledged by itself. */
export async function consume(env: Env, { messages }: MessageBatch): Promise<void> {
  await Promise.all(messages.map((message) => consumeOne(env, message)));
}

async function consumeOne(env: Env, message: Message): Promise<void> {
  const parsed = BatchMessage.safeParse(message.body);
  if (!parsed.success) {
    // No number of deliveries makes it readable.
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

/** Records what no delivery could do: the item has failed, and the message is kept to be looked at. */
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
