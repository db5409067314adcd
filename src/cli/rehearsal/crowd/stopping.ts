// Thousands of fans wait for the end of the run at once. A signal keeps its listeners in a list that it
// walks at each coming and going: a third of the crowd's time went there. One listener for all of them.

const waitingFor = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls once when the run is over, at once if it is already. Answers with how to wait no longer. */
export function onStop(stop: AbortSignal, call: () => void): () => void {
  if (stop.aborted) {
    call();
    return () => {};
  }
  const waiting = waitingFor.get(stop) ?? listenTo(stop);
  waiting.add(call);
  return () => void waiting.delete(call);
}

function listenTo(stop: AbortSignal): Set<() => void> {
  const waiting = new Set<() => void>();
  waitingFor.set(stop, waiting);
  stop.addEventListener(
    "abort",
    () => {
      for (const call of [...waiting]) call();
      waiting.clear();
    },
    { once: true },
  );
  return waiting;
}
