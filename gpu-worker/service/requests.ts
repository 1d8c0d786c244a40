import { linksOf } from "@lemons/shared/contract/gpu-worker-endpoints";
import type { FieldError } from "@lemons/shared/contract/problem";
import type { z } from "zod";
import { ServiceError } from "./failure.ts";
import type { ObjectLinks } from "./object-links.ts";

/**
 * Parses a request's body by a schema.
 *
 * @param body text of the request
 * @throws ServiceError `request-invalid` that names every wrong field
 */
export function parseBody<T extends z.ZodType>(body: string, schema: T): z.infer<T> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (cause) {
    const errors = [{ field: "(body)", message: "must be JSON" }];
    throw new ServiceError({ kind: "request-invalid", errors }, { cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap(fieldErrors);
  throw new ServiceError({ kind: "request-invalid", errors });
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const field = (path: PropertyKey[]) => path.map(String).join(".") || "(body)";
  if (issue.code !== "unrecognized_keys") {
    return [{ field: field(issue.path), message: issue.message }];
  }
  return issue.keys.map((key) => ({
    field: field([...issue.path, key]),
    message: "is not a field of this request",
  }));
}

/** @throws ServiceError `link-refused` that names every link to another than an allowed origin */
export function checkLinks(request: unknown, objects: Pick<ObjectLinks, "refusal">): void {
  const errors = linksOf(request).flatMap(({ field, url }): FieldError[] => {
    const message = objects.refusal(url);
    return message === null ? [] : [{ field, message }];
  });
  if (errors.length > 0) throw new ServiceError({ kind: "link-refused", errors });
}
