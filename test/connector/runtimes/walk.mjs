// One walk through the packed connector that every runtime must take alike: sent away, let in with a
// token, refused with a forged one. Runs on Node, on Bun, and inside a bare worker-like context, so it
// may use nothing but what such a worker has.

export async function walk({ openGuard, signAdmission, guarded, shopperOf }) {
  const onSale = "os_0000000000000000000001";
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  const { x } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const kid = "key-1";
  const guard = openGuard({
    usher: "https://queue.example",
    onSale,
    originKey: `usher_ok_${"k".repeat(22)}_${"A".repeat(43)}`,
    singleUse: false,
    fetch: async () => Response.json({ keys: [{ kty: "OKP", crv: "Ed25519", kid, x }] }),
  });
  const handler = guarded(guard, (request) => new Response(shopperOf(request)?.entry));
  const visit = (path, cookie = "") =>
    handler(
      new Request(`https://shop.example${path}`, { headers: { accept: "text/html", cookie } }),
    );
  const now = Date.now();
  const claims = { onSale, entry: "qe_1", admissionId: "adm_1", epoch: 1 };
  const times = { issuedAt: now, expiresAt: now + 60_000 };
  const token = await signAdmission({ kid, privateKey: pair.privateKey }, { ...claims, ...times });

  const away = await visit("/shop");
  const entered = await visit(`/shop?usher-admission=${token}`);
  const cookie = (entered.headers.get("set-cookie") ?? "").split(";")[0];
  const inside = await visit(entered.headers.get("location") ?? "", cookie);
  const last = token.at(-1) === "A" ? "Q" : "A";
  const forged = await visit(`/shop?usher-admission=${token.slice(0, -1)}${last}`);
  return {
    away: [away.status, new URL(away.headers.get("location") ?? "").pathname],
    entered: [entered.status, entered.headers.get("location")],
    inside: [inside.status, await inside.text()],
    forged: forged.status,
  };
}
