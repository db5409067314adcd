// Named places between any two steps at which a test ends the process as `kill -9` would. Without
// USHER_FAILPOINT in the environment of this process a place does nothing. The list of places is made
// from the table (failpointsOf in saga.ts), so that a new step is killed in the tests without a word.

const armed = process.env["USHER_FAILPOINT"];

export function reach(name: string): void {
  if (armed !== undefined && armed === name) process.kill(process.pid, "SIGKILL");
}
