import type {
  EncoderLink,
  ModelLink,
  SplitModelLink,
  TrackSound,
  WorkerFeaturesRequest,
  WorkerInspectRequest,
  WorkerScoreRequest,
} from "@lemons/shared/contract/gpu-worker";
import type { Context } from "hono";
import type { z } from "zod";
import { type FieldError, ServiceError } from "./failure.ts";
import type { ObjectLinks } from "./object-links.ts";

/**
 * The request's body as the schema says it must be.
 *
 * @throws ServiceError `request-invalid` that names every field that is wrong
 */
export async function readBody<T extends z.ZodType>(c: Context, schema: T): Promise<z.infer<T>> {
  let body: unknown;
  try {
    body = await c.req.json();
  } catch (cause) {
    const errors = [{ field: "(body)", message: "must be JSON" }];
    throw new ServiceError({ kind: "request-invalid", errors }, { cause });
  }
  const parsed = schema.safeParse(body);
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

/** @throws ServiceError `link-refused` where a link of the request leads elsewhere than allowed */
export function checkScoreLinks(request: WorkerScoreRequest, objects: ObjectLinks): void {
  checkLinks(objects, [
    ...request.models.map(({ url }, index): Link => [`models.${index}.url`, url]),
    ...request.tracks.flatMap(({ sound }, index) => soundLinks(`tracks.${index}.sound`, sound)),
  ]);
}

/** @throws ServiceError `link-refused` where a link of the request leads elsewhere than allowed */
export function checkFeaturesLinks(
  { encoder, tracks }: WorkerFeaturesRequest,
  objects: ObjectLinks,
): void {
  checkLinks(objects, [
    ["encoder.url", encoder.url],
    ...tracks.flatMap(({ sound }, index) => soundLinks(`tracks.${index}.sound`, sound)),
  ]);
}

/** @throws ServiceError `link-refused` where a link of the request leads elsewhere than allowed */
export function checkInspectLinks(
  { model, outputs }: WorkerInspectRequest,
  objects: ObjectLinks,
): void {
  const stored: Link[] = outputs.encoder ? [["outputs.encoder.url", outputs.encoder.url]] : [];
  checkLinks(objects, [modelLink(model), ...stored]);
}

/** A request about one track, and where its results go. */
interface TrackRequest {
  table?: { url: string } | undefined;
  model?: ModelLink | SplitModelLink | EncoderLink;
  sound: TrackSound;
  outputs: Record<string, { url: string } | undefined>;
}

/** @throws ServiceError `link-refused` where a link of the request leads elsewhere than allowed */
export function checkTrackLinks(
  { table, model, sound, outputs }: TrackRequest,
  objects: ObjectLinks,
): void {
  checkLinks(objects, [
    ...(model ? [modelLink(model)] : []),
    ...(table ? [["table.url", table.url] satisfies Link] : []),
    ...soundLinks("sound", sound),
    ...Object.entries(outputs).flatMap(([name, output]): Link[] =>
      output ? [[`outputs.${name}.url`, output.url]] : [],
    ),
  ]);
}

type Link = [field: string, url: string];

function modelLink(model: ModelLink | SplitModelLink | EncoderLink): Link {
  return "url" in model ? ["model.url", model.url] : ["model.encoder.url", model.encoder.url];
}

function soundLinks(field: string, { audio, stems }: TrackSound): Link[] {
  const links: Link[] = audio ? [[`${field}.audio.url`, audio.url]] : [];
  for (const [source, { url }] of Object.entries(stems ?? {})) {
    links.push([`${field}.stems.${source}.url`, url]);
  }
  return links;
}

function checkLinks(objects: ObjectLinks, links: Link[]): void {
  const errors = links.flatMap(([field, url]) => {
    const message = objects.refusal(url);
    return message ? [{ field, message }] : [];
  });
  if (errors.length > 0) throw new ServiceError({ kind: "link-refused", errors });
}
