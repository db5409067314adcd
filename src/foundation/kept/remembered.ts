// Pure functions whose answers are dear and few, remembered by their arguments; and the formats of Intl,
// which cost 20 to 40 µs to make and about 1 to use. For what changes with time see kept.ts.

/** At most `max` answers; one more, and all are forgotten. The arguments must be plain data. */
export function remembered<Arguments extends readonly unknown[], Answer>(
  max: number,
  find: (...args: Arguments) => Answer,
): (...args: Arguments) => Answer {
  const answers = new Map<string, Answer>();
  return (...args) => {
    const key = JSON.stringify(args);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = find(...args);
    if (answers.size >= max) answers.clear();
    answers.set(key, answer);
    return answer;
  };
}

const formats = 200;

export const dateFormat = remembered(
  formats,
  (language: string, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, options),
);

export const numberFormat = remembered(
  formats,
  (language: string, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(language, options),
);
