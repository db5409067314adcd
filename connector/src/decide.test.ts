import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import {
  decide,
  type Decision,
  type GuardRules,
  type RequestFacts,
  type ShownAdmission,
} from "./decide.ts";

type Vectors = {
  rules: GuardRules;
  cases: { request: RequestFacts; admission: ShownAdmission["kind"]; decision: Decision }[];
};
const vectors: Vectors = JSON.parse(
  readFileSync(new URL("../vectors/decide.json", import.meta.url), "utf8"),
);

const rules: GuardRules = {
  protectedPaths: ["/shop", "/api/orders"],
  openPaths: ["/shop/assets", "/shop/webhook"],
  waitingRoomUrl: "https://queue.example/w/os_1?lang=ko",
};
const page = (target: string, admission: ShownAdmission["kind"] = "absent", method = "GET") =>
  decide(rules, { method, target, wantsPage: true }, { kind: admission });
const call = (target: string, admission: ShownAdmission["kind"] = "absent", method = "GET") =>
  decide(rules, { method, target, wantsPage: false }, { kind: admission });

test("a valid admission is let in; unprotected paths need none", () => {
  expect(page("/shop/seats", "valid")).toEqual({ kind: "let-in" });
  for (const open of ["/", "/about", "/shopping", "/shop/assets/a.js", "/shop/webhook"]) {
    expect(page(open)).toEqual({ kind: "let-in" });
  }
});

test("a person goes to the waiting room and comes back to where they were", () => {
  const decision = page("/shop/seats?section=A&row=1");
  if (decision.kind !== "to-waiting-room") throw new Error(decision.kind);
  const location = new URL(decision.location);
  expect(location.origin + location.pathname).toBe("https://queue.example/w/os_1");
  expect(location.searchParams.get("lang")).toBe("ko");
  expect(location.searchParams.get("return")).toBe("/shop/seats?section=A&row=1");
});

test("a program gets a stable code, and so does whoever posts", () => {
  const codes: [ShownAdmission["kind"], string][] = [
    ["absent", "not-admitted"],
    ["expired", "admission-expired"],
    ["stale-epoch", "admission-expired"],
    ["malformed", "admission-invalid"],
    ["wrong-kind", "admission-invalid"],
    ["unknown-key", "admission-invalid"],
    ["forged", "admission-invalid"],
    ["other-on-sale", "admission-invalid"],
    ["not-yet", "admission-invalid"],
  ];
  for (const [admission, code] of codes) {
    expect(call("/api/orders", admission)).toEqual({ kind: "refuse", code } as never);
    expect(page("/api/orders", admission, "POST")).toEqual({ kind: "refuse", code } as never);
  }
});

test("no spelling of a protected path gets around the guard", () => {
  for (const target of [
    "/SHOP/seats",
    "/shop",
    "/shop/",
    "/sho%70/seats",
    "/%73hop",
    "/shop?x=/shop/assets",
    "/shop/assetsx",
    "/API/Orders/1",
  ]) {
    expect({ target, kind: page(target).kind }).toEqual({ target, kind: "to-waiting-room" });
  }
  for (const target of [
    "//shop",
    "/about/../shop",
    "/about/%2e%2e/shop",
    "/shop/assets/..",
    "/shop/assets/%2e%2e/seats",
    "/shop%2fseats",
    "/x%5cshop",
    "/x\\shop",
    "/%2573hop",
    "/shop;/assets",
    "/shop%00",
    "/%zz",
    "shop",
    "https://evil.example/shop",
    `/${"a".repeat(3_000)}`,
    "",
  ]) {
    expect({ target, decision: page(target, "valid") }).toEqual({
      target,
      decision: { kind: "refuse", code: "ambiguous-path" },
    });
  }
});

test("“/” protects everything", () => {
  const all = { ...rules, protectedPaths: ["/"], openPaths: [] };
  for (const target of ["/", "/a", "/a/b"]) {
    const decision = decide(all, { method: "GET", target, wantsPage: false }, { kind: "absent" });
    expect(decision).toEqual({ kind: "refuse", code: "not-admitted" });
  }
});

test("the golden vectors decide as they say, and name every code", () => {
  for (const { request, admission, decision } of vectors.cases) {
    const decided = decide(vectors.rules, request, { kind: admission });
    expect({ request, admission, decision: decided }).toEqual({ request, admission, decision });
  }
  const codes = vectors.cases.map(({ decision }) =>
    decision.kind === "refuse" ? decision.code : "",
  );
  expect(new Set(codes).size).toBe(8);
  expect(vectors.cases.length).toBeGreaterThan(80);
});
