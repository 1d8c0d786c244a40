import { InputError } from "../engine/input-error.ts";

const UNIT_MS = { h: 3_600_000, d: 86_400_000 } as const;
const MAX_AMOUNT = 36_500;

/**
 * When a key expires: after a time (`30d`, `12h`), or at a moment (ISO 8601; a date alone means its
 * beginning in UTC).
 *
 * @throws InputError where it is neither, or not in the future
 */
export function keyExpiry(text: string, now: Date): Date {
  const span = /^([1-9]\d{0,4})([hd])$/.exec(text);
  if (span && Number(span[1]) <= MAX_AMOUNT) {
    return new Date(now.getTime() + Number(span[1]) * UNIT_MS[span[2] as "h" | "d"]);
  }
  const isMoment =
    /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
  const moment = isMoment.test(text) ? new Date(text) : null;
  if (moment === null || Number.isNaN(moment.getTime())) {
    throw new InputError(`--expires must be like 30d, 12h or 2027-06-30, not "${text}"`);
  }
  if (moment <= now) throw new InputError(`--expires ${text} is not in the future`);
  return moment;
}
