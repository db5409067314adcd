import { expect, test } from "bun:test";
import { callerOf, networkOf, noProxies, trustedProxies } from "./caller.ts";

const asked = (forwardedFor?: string) =>
  new Request("http://x/", {
    headers: forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor },
  });
const ours = trustedProxies(["10.0.0.0/8", "fd00::/8", "192.0.2.7"]);

test.each([
  [
    "no proxy is trusted, so nobody may name an address",
    "203.0.113.9",
    "1.2.3.4",
    noProxies,
    "203.0.113.9",
  ],
  ["a stranger's own header says nothing", "203.0.113.9", "1.2.3.4", ours, "203.0.113.9"],
  ["our proxy tells who called it", "10.1.2.3", "1.2.3.4", ours, "1.2.3.4"],
  ["what the caller put in front is not believed", "10.1.2.3", "6.6.6.6, 1.2.3.4", ours, "1.2.3.4"],
  ["through two of ours", "10.1.2.3", "1.2.3.4, 192.0.2.7", ours, "1.2.3.4"],
  ["nonsense ends the chain", "10.1.2.3", "1.2.3.4, unknown", ours, "10.1.2.3"],
  ["no header: the proxy itself", "10.1.2.3", undefined, ours, "10.1.2.3"],
  ["IPv4 in IPv6 clothes", "::ffff:10.1.2.3", "::ffff:1.2.3.4", ours, "1.2.3.4"],
  ["IPv6", "fd00::1", "2001:db8::5", ours, "2001:db8::5"],
])("%s", (_, peer, header, proxies, caller) => {
  expect(callerOf(asked(header), peer, proxies)).toBe(caller);
});

test.each([
  ["203.0.113.9", "203.0.113.9"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
  ["2001:DB8::9", "2001:db8:0:0::/64"],
  ["2001:0db8:0000:0002::1", "2001:db8:0:2::/64"],
  ["::1", "0:0:0:0::/64"],
  ["1::", "1:0:0:0::/64"],
])("%s is counted as %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test.each(["10.0.0.0/33", "fd00::/129", "proxy.example.org", "10.0.0.0/x", ""])(
  "%s is no network",
  (network) => {
    expect(() => trustedProxies([network])).toThrow("a trusted proxy is an address or a block");
  },
);
