/** Where nothing says where a caller is. */
const UNKNOWN = "unknown";

/**
 * The network that stands for one visitor: an IPv4 address, or the first 64 bits of an IPv6 address,
 * within which every device may choose its own (RFC 4291, 2.5.1).
 *
 * @param address of `CF-Connecting-IP`, which Cloudflare sets and callers cannot
 */
export function networkOf(address: string | undefined): string {
  const text = address?.trim() ?? "";
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return text;
  const groups = ipv6Groups(text);
  if (groups === null) return UNKNOWN;
  const isMappedIpv4 = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMappedIpv4)
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 255])
      .join(".");
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
}

/** The eight groups of an IPv6 address, or null where it is none. */
function ipv6Groups(text: string): number[] | null {
  if (!text.includes(":") || !URL.canParse(`http://[${text}]/`)) return null;
  const [head = "", tail] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split("::");
  const groupsOf = (part: string) =>
    part === "" ? [] : part.split(":").map((g) => Number.parseInt(g, 16));
  if (tail === undefined) return groupsOf(head);
  const [left, right] = [groupsOf(head), groupsOf(tail)];
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}
