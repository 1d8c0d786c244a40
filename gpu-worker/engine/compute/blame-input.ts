import { type InputSubject, ServiceError } from "../../service/failure.ts";
import { InputError } from "../input-error.ts";

/**
 * Says what an InputError is about.
 *
 * @throws ServiceError `input-unusable` for an InputError of `work`, whatever else it throws as it is
 */
export async function about<T>(subject: InputSubject, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const failure = { kind: "input-unusable" as const, subject, reason: error.message };
    throw new ServiceError(failure, { cause: error });
  }
}
