import { z } from "zod";

/** Who pays for a piece of work: a reservation in an account's budget. */
export const Payer = z.object({
  account: z.string(),
  reservation: z.string(),
  /** Whether the reservation ends with this piece of work. */
  holds: z.boolean(),
});
export type Payer = z.infer<typeof Payer>;

/** The budget that every request of one account shares. */
export const budgetOf = (env: Env, account: string) => env.COMPUTE_BUDGETS.getByName(account);

/** Charges what a piece of work took. The same charge twice counts once. */
export async function chargePayer(
  env: Env,
  { account, reservation }: Payer,
  charge: string,
  seconds: number,
): Promise<void> {
  await budgetOf(env, account).charge(reservation, charge, seconds * 1000);
}

/** Gives back what was set aside and not used. */
export async function releasePayer(env: Env, { account, reservation }: Payer): Promise<void> {
  await budgetOf(env, account).release(reservation);
}
