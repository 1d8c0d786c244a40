import { explanationExample } from "@lemons/shared/contract/explanation.example";

interface DescribedHeader {
  description: string;
  /** True if every response that documents the header has it. */
  required: boolean;
  schema: { type: "string"; pattern?: string };
  example: string;
}

const address = `/v1/explanations/${explanationExample.id}`;

/** Response headers, as components of the OpenAPI document. */
export const RESPONSE_HEADERS = {
  "Accept-Ranges": {
    description: "the file can be requested in ranges",
    required: true,
    schema: { type: "string", pattern: "^bytes$" },
    example: "bytes",
  },
  "Cache-Control": {
    description: "who may cache the response, and for how long",
    required: true,
    schema: { type: "string" },
    example: "public, max-age=31536000, immutable",
  },
  "Content-Location": {
    description: "address of the requested explanation",
    required: true,
    schema: { type: "string", pattern: "^/v1/explanations/" },
    example: address,
  },
  "Content-Range": {
    description: "the range and the size of the file (RFC 9110, 14.4)",
    required: true,
    schema: { type: "string", pattern: "^bytes (?:\\d+-\\d+|\\*)/\\d+$" },
    example: "bytes 0-1023/480231",
  },
  ETag: {
    description: "version of the resource, to be sent as `If-None-Match`",
    required: true,
    schema: { type: "string", pattern: '^(?:W/)?"[^"]*"$' },
    example: `"${explanationExample.id}"`,
  },
  "Last-Modified": {
    description: "when the bytes were stored, to be sent as `If-Modified-Since`",
    required: true,
    schema: { type: "string" },
    example: "Tue, 24 Nov 2026 21:52:26 GMT",
  },
  Location: {
    description: "address of the result",
    required: true,
    schema: { type: "string", pattern: "^/v1/" },
    example: address,
  },
  "Preference-Applied": {
    description: "the applied preference (RFC 7240)",
    required: false,
    schema: { type: "string" },
    example: "wait=20",
  },
  RateLimit: {
    description:
      "remaining compute budget, if the request used it (draft-ietf-httpapi-ratelimit-headers)",
    required: false,
    schema: { type: "string" },
    example: '"compute";r=594;t=7658',
  },
  "RateLimit-Policy": {
    description: "compute budget: `q` seconds of compute per `w` seconds",
    required: false,
    schema: { type: "string" },
    example: '"compute";q=600;qu="compute-seconds";w=86400',
  },
  "Retry-After": {
    description: "seconds to wait before the next request",
    required: true,
    schema: { type: "string", pattern: "^\\d+$" },
    example: "2",
  },
  "Server-Timing": {
    description: "duration of the request, in milliseconds",
    required: true,
    schema: { type: "string" },
    example: 'total;dur=100.0;desc="Total Response Time"',
  },
  "WWW-Authenticate": {
    description: "the required scope, and what is wrong with the key (RFC 6750)",
    required: true,
    schema: { type: "string", pattern: "^Bearer " },
    example: 'Bearer realm="lemons", scope="explain"',
  },
  "X-Request-Id": {
    description: "id of the request, from the caller if it sent one; problems and logs contain it",
    required: true,
    schema: { type: "string" },
    example: "8b897d14-2f50-4f24-b317-959362060b85",
  },
} as const satisfies Record<string, DescribedHeader>;

export type ResponseHeader = keyof typeof RESPONSE_HEADERS;

/** References headers in a response's description. */
export function withHeaders(names: readonly ResponseHeader[]): Record<string, { $ref: string }> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
