// CSV (RFC 4180, quotes and all) with the line number of every record, for messages that name it.

export type CsvRecord = { readonly line: number; readonly cells: readonly string[] };
export type CsvReading =
  | { readonly kind: "records"; readonly records: readonly CsvRecord[] }
  | { readonly kind: "broken"; readonly line: number; readonly why: string };

/** Unquoted cells, quoted cells, and what ends them. */
const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

export function readCsv(text: string): CsvReading {
  const source = text.startsWith("\ufeff") ? text.slice(1) : text;
  const records: CsvRecord[] = [];
  let line = 1;
  let started = line;
  let cells: string[] = [];
  cell.lastIndex = 0;
  while (cell.lastIndex < source.length || cells.length > 0) {
    const found = cell.exec(source);
    if (!found)
      return { kind: "broken", line, why: "a quote is not closed or stands inside a cell" };
    const [whole, quoted, plain, end] = found;
    cells.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    line += whole.split("\n").length - 1;
    if (end === ",") continue;
    if (cells.length > 1 || cells[0] !== "") records.push({ line: started, cells });
    cells = [];
    started = line;
  }
  return { kind: "records", records };
}
