// The keys of this installation: HMAC secrets that seal our own tokens, Ed25519 pairs whose public half
// anybody may verify with. They outlive every process. A new key opens and verifies from its first
// moment and signs only once every process has had time to learn it, so a rotation refuses nobody (Q11).
// Beside them the origin keys: an operator makes one for a shop of one's own, which signs its commands
// to the gateway with it (connector/src/origin/origin-key.ts). And the batches of presale codes: the codes
// themselves are kept nowhere, they follow from the batch, its key and the on-sale
// (domain/waiting-room/presale-code.ts), and a gateway believes them without asking here.

import type { OnSaleId } from "../foundation/ids.ts";
import type { SealingKeys } from "../foundation/sealed-bytes.ts";

export type SealingPurpose = "queue-token" | "shop-session";
export type SigningPurpose = "admission-token" | "ticket";
export type KeyPurpose = SealingPurpose | SigningPurpose;

/** JSON Web Key (RFC 8037); `x` is the 32-byte key in base64url. */
export type PublicKey = { kty: "OKP"; crv: "Ed25519"; kid: string; x: string };
export type SigningKeys = {
  signer: { kid: string; privateKey: CryptoKey };
  /** To publish: everything that was, is or soon will be signed with. */
  publicKeys: PublicKey[];
};

export type Keys = {
  /** HMAC secrets; the first seals, all open. May be some seconds old. */
  sealing(purpose: SealingPurpose): Promise<SealingKeys>;
  /** Ed25519. May be some seconds old. */
  signing(purpose: SigningPurpose): Promise<SigningKeys>;
  /** Makes a key that signs from `signsAt` on, when every process knows it. */
  rotate(purpose: KeyPurpose): Promise<{ kid: number; signsAt: number }>;
};

export type OriginKeyRow = {
  keyId: string;
  name: string;
  createdAt: number;
  /** Undefined: it still signs. */
  revokedAt: number | undefined;
};

export type OriginKeys = {
  /** Keeps the half that checks commands; the key itself is known to the shop alone. */
  add(key: { keyId: string; name: string; commandSecret: Uint8Array }): Promise<OriginKeyRow>;
  list(): Promise<OriginKeyRow[]>;
  /** False: there is no such key, or it was revoked before. */
  revoke(keyId: string): Promise<boolean>;
  /** The halves that check commands, by key id, of every key that was not revoked. */
  commandSecrets(): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>>;
  /** Uses a nonce up, for every process. False: it was used before. */
  spend(keyId: string, nonce: string): Promise<boolean>;
};

export type CodeBatch = {
  /** From 1, counted up per on-sale. */
  batch: number;
  /** Which key of the queue tokens signed it. */
  kid: number;
  name: string;
  codes: number;
  placesPerCode: number;
  madeAt: number;
};

export type CodeBatches = {
  /** undefined: the on-sale has as many batches as there can be. */
  make(
    onSaleId: OnSaleId,
    wanted: Pick<CodeBatch, "kid" | "name" | "codes" | "placesPerCode">,
  ): Promise<CodeBatch | undefined>;
  /** Newest first. */
  list(onSaleId: OnSaleId): Promise<CodeBatch[]>;
};
