import { explanationExample } from "@lemons/shared/contract/explanation.example";

interface DescribedHeader {
  description: string;
  /** Whether every answer that names the header has it. */
  required: boolean;
  schema: { type: "string"; pattern?: string };
  example: string;
}

const address = `/v1/explanations/${explanationExample.id}`;

/** Headers of answers, each described once: components of the API's description. */
export const RESPONSE_HEADERS = {
  "Accept-Ranges": {
    description: "one range of the bytes may be asked for",
    required: true,
    schema: { type: "string", pattern: "^bytes$" },
    example: "bytes",
  },
  "Cache-Control": {
    description: "who may keep the answer, and for how long",
    required: true,
    schema: { type: "string" },
    example: "public, max-age=31536000, immutable",
  },
  "Content-Location": {
    description: "address of the explanation that was asked for",
    required: true,
    schema: { type: "string", pattern: "^/v1/explanations/" },
    example: address,
  },
  "Content-Range": {
    description: "which bytes these are, and of how many (RFC 9110, 14.4)",
    required: true,
    schema: { type: "string", pattern: "^bytes (?:\\d+-\\d+|\\*)/\\d+$" },
    example: "bytes 0-1023/480231",
  },
  ETag: {
    description: "names this state of the resource; goes back in as `If-None-Match`",
    required: true,
    schema: { type: "string", pattern: '^(?:W/)?"[^"]*"$' },
    example: `"${explanationExample.id}"`,
  },
  "Last-Modified": {
    description: "when the bytes were stored; goes back in as `If-Modified-Since`",
    required: true,
    schema: { type: "string" },
    example: "Tue, 24 Nov 2026 21:52:26 GMT",
  },
  Location: {
    description: "where the result is, or will be",
    required: true,
    schema: { type: "string", pattern: "^/v1/" },
    example: address,
  },
  "Preference-Applied": {
    description: "which `Prefer` was followed (RFC 7240)",
    required: false,
    schema: { type: "string" },
    example: "wait=20",
  },
  RateLimit: {
    description:
      "what is left of the budget of compute, where it was touched (draft-ietf-httpapi-ratelimit-headers)",
    required: false,
    schema: { type: "string" },
    example: '"compute";r=594;t=7658',
  },
  "RateLimit-Policy": {
    description: "the budget: `q` seconds of compute in `w` seconds",
    required: false,
    schema: { type: "string" },
    example: '"compute";q=600;qu="compute-seconds";w=86400',
  },
  "Retry-After": {
    description: "seconds after which to ask again",
    required: true,
    schema: { type: "string", pattern: "^\\d+$" },
    example: "2",
  },
  "Server-Timing": {
    description: "how long the answer took, in milliseconds",
    required: true,
    schema: { type: "string" },
    example: 'total;dur=100.0;desc="Total Response Time"',
  },
  "WWW-Authenticate": {
    description: "which key is wanted, and what is wrong with the one that was sent (RFC 6750)",
    required: true,
    schema: { type: "string", pattern: "^Bearer " },
    example: 'Bearer realm="lemons", scope="explain"',
  },
  "X-Request-Id": {
    description:
      "the request's id: the caller's own where one was sent; problems and logs name it too",
    required: true,
    schema: { type: "string" },
    example: "8b897d14-2f50-4f24-b317-959362060b85",
  },
} as const satisfies Record<string, DescribedHeader>;

export type ResponseHeader = keyof typeof RESPONSE_HEADERS;

/** Says that an answer has these headers. */
export function withHeaders(names: readonly ResponseHeader[]): Record<string, { $ref: string }> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
