// The work that an on-sale may ask for before it gives a number (domain/waiting-room/join-challenge.ts),
// for browsers and clients: the first nonce whose hash begins with so many zero bits. One hash at a
// time keeps the waiting page within its one round trip; a phone still tries some tens of thousands
// a second.

/** @param work bits; each one doubles the time. 0: the first nonce does. */
export async function solveChallenge(challenge: string, work = 0): Promise<string> {
  for (let nonce = 0; ; nonce++) {
    const text = new TextEncoder().encode(`${challenge}.${nonce}`);
    const hash = await crypto.subtle.digest("SHA-256", text);
    if (Math.clz32(new DataView(hash).getUint32(0)) >= work) return `${nonce}`;
  }
}
