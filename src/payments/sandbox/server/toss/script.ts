// Stands in for Toss's script in a browser: the one call that our page makes, opening the provider's
// hosted page instead of the real window. The window itself cannot be had without the real script.

export function windowScript(publicUrl: string): Response {
  const text = `window.TossPayments = (clientKey) => ({
  payment: ({ customerKey }) => ({
    async requestPayment({ method, amount, orderId, orderName, successUrl, failUrl }) {
      const reply = await fetch(${JSON.stringify(`${publicUrl}/toss/window`)}, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ clientKey, customerKey, method, orderId, orderName, successUrl, failUrl,
          amount: amount.value, currency: amount.currency }),
      });
      if (!reply.ok) throw new Error("the window did not open: " + reply.status);
      location.assign((await reply.json()).url);
    },
  }),
});
window.TossPayments.ANONYMOUS = "ANONYMOUS";
`;
  return new Response(text, {
    headers: { "content-type": "text/javascript; charset=utf-8", "cache-control": "no-store" },
  });
}
