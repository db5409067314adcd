/** Takes those off the front of a line that may go; the first one who may not keeps all behind it. */
export function takeFirst<T>(line: T[], mayGo: (one: T, nth: number) => boolean): T[] {
  const stays = line.findIndex((one, nth) => !mayGo(one, nth));
  return line.splice(0, stays < 0 ? line.length : stays);
}
