// Writes admission-token.json: run it only when the format itself changes, and never for a new key.
// The key is the first secret key of RFC 8032 §7.1: public knowledge, good for nothing but vectors.

import {
  type AdmissionClaims,
  type AdmissionReading,
  signAdmission,
} from "../src/admission-token.ts";

const x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const privateKeyJwk = {
  kty: "OKP",
  crv: "Ed25519",
  d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
  x,
};
const kid = "2026-a";
const privateKey = await crypto.subtle.importKey("jwk", privateKeyJwk, "Ed25519", false, ["sign"]);
const issuedAt = 1_800_000_000_000;
const expiresAt = issuedAt + 300_000;
const claims: AdmissionClaims = {
  onSale: "os_0000000000000000000001",
  entry: "qe_0000000000000000000002",
  admissionId: "adm_0000000000000000000003",
  epoch: 2,
  issuedAt,
  expiresAt,
};
const token = await signAdmission({ kid, privateKey }, claims);
const otherKid = await signAdmission({ kid: "2026-z", privateKey }, claims);
const bytes = Buffer.from(token, "base64url");
const changed = (at: number, value: number) => {
  const copy = Buffer.from(bytes);
  copy[at] = value;
  return copy.toString("base64url");
};
const here = { onSale: claims.onSale, now: issuedAt + 1_000, leewayMs: 5_000, epoch: 2 };
const valid: AdmissionReading = { kind: "valid", claims };

const cases = [
  { name: "valid", token, expected: here, reading: valid },
  {
    name: "valid: the last instant with leeway",
    token,
    expected: { ...here, now: expiresAt + 4_999 },
    reading: valid,
  },
  {
    name: "valid: issued by a clock that runs ahead",
    token,
    expected: { ...here, now: issuedAt - 5_000 },
    reading: valid,
  },
  {
    name: "valid: an older epoch is expected",
    token,
    expected: { ...here, epoch: 1 },
    reading: valid,
  },
  { name: "malformed: empty", token: "", expected: here, reading: { kind: "malformed" } },
  {
    name: "malformed: padded",
    token: `${token}==`,
    expected: here,
    reading: { kind: "malformed" },
  },
  {
    name: "malformed: cut",
    token: token.slice(0, 40),
    expected: here,
    reading: { kind: "malformed" },
  },
  {
    name: "malformed: other version",
    token: changed(0, 2),
    expected: here,
    reading: { kind: "malformed" },
  },
  {
    name: "malformed: a length that lies",
    token: changed(2, 7),
    expected: here,
    reading: { kind: "malformed" },
  },
  {
    name: "wrong-kind: queue token's kind",
    token: changed(1, 0x51),
    expected: here,
    reading: { kind: "wrong-kind" },
  },
  {
    name: "wrong-kind: session's kind",
    token: changed(1, 0x53),
    expected: here,
    reading: { kind: "wrong-kind" },
  },
  { name: "unknown-key", token: otherKid, expected: here, reading: { kind: "unknown-key" } },
  {
    name: "forged: signature changed",
    token: changed(bytes.length - 1, (bytes.at(-1) ?? 0) ^ 1),
    expected: here,
    reading: { kind: "forged" },
  },
  {
    name: "forged: claims changed",
    token: changed(12, 0x61),
    expected: here,
    reading: { kind: "forged" },
  },
  {
    name: "other-on-sale",
    token,
    expected: { ...here, onSale: "os_0000000000000000000009" },
    reading: { kind: "other-on-sale" },
  },
  { name: "stale-epoch", token, expected: { ...here, epoch: 3 }, reading: { kind: "stale-epoch" } },
  {
    name: "not-yet",
    token,
    expected: { ...here, now: issuedAt - 5_001 },
    reading: { kind: "not-yet" },
  },
  {
    name: "expired",
    token,
    expected: { ...here, now: expiresAt + 5_000 },
    reading: { kind: "expired" },
  },
];
const keySet = { keys: [{ kty: "OKP", crv: "Ed25519", kid, x }] };
const text = JSON.stringify({ keySet, privateKey: privateKeyJwk, cases }, undefined, 2);
await Bun.write(new URL("admission-token.json", import.meta.url), `${text}\n`);
