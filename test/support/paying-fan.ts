// What a fan does at the provider, whichever it is: goes to the address that the order names, chooses a
// card, proves the payment if asked, and is sent back. Without a browser; the pages are forms.
//
// Where the merchant's own page has to open the window (Toss), its script's one call is made here.

export type Proof = "approve" | "refuse";

/** @returns the address that the browser is sent back to. */
export async function payAt(
  actionUrl: string,
  {
    card = "4242424242424242",
    proof = "approve",
  }: { card?: string | undefined; proof?: Proof } = {},
  sandbox: { address: string },
): Promise<URL> {
  const hosted = await hostedPage(actionUrl, sandbox);
  const chosen = await send(hosted, { card });
  if (chosen !== undefined) return chosen;
  const proved = await send(hosted, { answer: proof });
  if (proved !== undefined) return proved;
  // Refused, and the page offers another card: the fan gives up.
  const left = await send(hosted, { answer: "leave" });
  if (left === undefined) throw new Error(`${hosted} does not let the fan go`);
  return left;
}

/** Our own page for Toss carries in its address what it opens the window with. */
async function hostedPage(actionUrl: string, { address }: { address: string }): Promise<string> {
  const [page = "", facts] = actionUrl.split("#");
  if (facts === undefined) return page;
  const { order, amount, back } = Object.fromEntries(new URLSearchParams(facts));
  const response = await fetch(`${address}/toss/window`, {
    method: "POST",
    body: JSON.stringify({
      orderId: order,
      amount: Number(amount),
      currency: "KRW",
      successUrl: back,
      failUrl: back,
    }),
  });
  const reply = (await response.json()) as { url?: string };
  if (reply.url === undefined) throw new Error(`no window: ${JSON.stringify(reply)}`);
  return reply.url;
}

async function send(page: string, answer: Record<string, string>): Promise<URL | undefined> {
  const response = await fetch(page, {
    method: "POST",
    body: new URLSearchParams(answer),
    redirect: "manual",
  });
  const location = response.headers.get("location");
  return location === null ? undefined : new URL(location);
}
