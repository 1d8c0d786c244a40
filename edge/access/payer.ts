import { z } from "zod";

/** The payer of a piece of work: a reservation in an account's budget. */
export const Payer = z.object({
  account: z.string(),
  reservation: z.string(),
  /** True if the reservation ends with this piece of work. */
  holds: z.boolean(),
});
export type Payer = z.infer<typeof Payer>;

/** Returns the budget that all requests of one account share. */
export const budgetOf = (env: Env, account: string) => env.COMPUTE_BUDGETS.getByName(account);

/** Charges the time that a piece of work took. Repeating a charge changes nothing. */
export async function chargePayer(
  env: Env,
  { account, reservation }: Payer,
  charge: string,
  seconds: number,
): Promise<void> {
  await budgetOf(env, account).charge(reservation, charge, seconds * 1000);
}

/** Releases the unused part of a reservation. */
export async function releasePayer(env: Env, { account, reservation }: Payer): Promise<void> {
  await budgetOf(env, account).release(reservation);
}
