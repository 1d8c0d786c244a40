/** A `WWW-Authenticate` of RFC 6750, section 3. */
export function challenge(parameters: Record<string, string>): string {
  const all = { realm: "lemons", ...parameters };
  return `Bearer ${Object.entries(all)
    .map(([name, value]) => `${name}="${value}"`)
    .join(", ")}`;
}
