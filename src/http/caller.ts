// Who calls: the address behind the proxies that we trust, and the network that limits are counted by.
// X-Forwarded-For is a stranger's word unless a trusted proxy wrote it, so it is read from its end, and
// only as far as the addresses are our own proxies'. Without a trusted proxy it is not read at all.

import { BlockList, isIP } from "node:net";
import { Fault } from "../foundation/fault.ts";

export type TrustedProxies = { has(address: string): boolean };

export const noProxies: TrustedProxies = { has: () => false };

/** Longer lists of hops are somebody's joke. */
const maxHops = 16;

/**
 * @param networks addresses or CIDR blocks, such as 10.0.0.0/8 and fd00::/8.
 * @throws Fault `bad-arguments` for what is neither.
 */
export function trustedProxies(networks: readonly string[]): TrustedProxies {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    const version = isIP(address);
    const most = version === 6 ? 128 : 32;
    const length = prefix === undefined ? most : Number(prefix);
    const isLength = prefix === undefined || /^\d{1,3}$/.test(prefix);
    if (version === 0 || !isLength || length > most) {
      throw new Fault(
        "bad-arguments",
        `a trusted proxy is an address or a block such as 10.0.0.0/8, not ${network}`,
      );
    }
    list.addSubnet(address, length, version === 6 ? "ipv6" : "ipv4");
  }
  return { has: (address) => list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4") };
}

/** @param peer the other end of the connection. */
export function callerOf(request: Request, peer: string, proxies: TrustedProxies): string {
  let caller = plain(peer);
  if (!proxies.has(caller)) return caller;
  const hops = (request.headers.get("x-forwarded-for") ?? "").split(",").slice(-maxHops);
  for (const hop of hops.reverse()) {
    const address = plain(hop.trim());
    if (isIP(address) === 0) return caller;
    caller = address;
    if (!proxies.has(caller)) return caller;
  }
  return caller;
}

/** What one household, office or carrier gateway has: an IPv4 address, or an IPv6 /64. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.split("%", 1)[0]?.split("::", 2) ?? [];
  const left = head === "" ? [] : head.split(":");
  const missing =
    tail === undefined ? 0 : 8 - left.length - (tail === "" ? 0 : tail.split(":").length);
  const groups = [
    ...left,
    ...Array<string>(Math.max(0, missing)).fill("0"),
    ...(tail ?? "").split(":"),
  ];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, "").toLowerCase())
    .join(":")}::/64`;
}

/** An IPv4 caller of a server that listens on IPv6. */
function plain(address: string): string {
  return address.startsWith("::ffff:") && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}
