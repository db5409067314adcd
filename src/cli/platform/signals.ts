// How a long-running command is told to end.

/** The first signal stops cleanly; a second one ends at once. */
export function stopSignal(): Promise<string> {
  return new Promise((done) => {
    let asked = false;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (asked) process.exit(130);
        asked = true;
        done(signal);
      });
    }
  });
}
