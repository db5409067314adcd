// Waiting for a fact in tests, never for a fixed time. A question that fails is asked again, since what is
// asked about may just be starting; its last failure is the cause that is told when the fact never comes.

/** @throws with the fact's name, when it has not come `withinMs`. */
export async function until(
  fact: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  let cause: unknown;
  for (;;) {
    try {
      if (await holds()) return;
      cause = undefined;
    } catch (failure) {
      cause = failure;
    }
    if (performance.now() > deadline)
      throw new Error(`waited ${withinMs} ms in vain for ${fact}`, { cause });
    await Bun.sleep(10);
  }
}
