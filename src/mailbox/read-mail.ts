// Reads an .eml as far as the mailbox shows it: headers, the text, the HTML, and pictures named by a
// content id. A small reader for the mails that our own relay writes and for honest ones from elsewhere;
// what it cannot read it leaves out. Depth and counts are bounded: mail is a stranger's.

export type ReadMail = {
  subject: string;
  from: string;
  to: string;
  date: string;
  text: string;
  html: string | undefined;
  pictures: { cid: string; contentType: string; content: Buffer }[];
};

type Part = { headers: Map<string, string>; body: string };

const maxDepth = 5;
const maxParts = 40;

/** @param raw the bytes; read as latin1 so that a character is a byte until its charset is known. */
export function readMail(raw: Uint8Array): ReadMail {
  const whole = readPart(Buffer.from(raw).toString("latin1"));
  const mail: ReadMail = {
    subject: decodeWords(whole.headers.get("subject") ?? ""),
    from: decodeWords(whole.headers.get("from") ?? ""),
    to: decodeWords(whole.headers.get("to") ?? ""),
    date: whole.headers.get("date") ?? "",
    text: "",
    html: undefined,
    pictures: [],
  };
  let left = maxParts;
  const visit = (part: Part, depth: number): void => {
    left -= 1;
    if (left < 0 || depth > maxDepth) return;
    const { type, parameters } = contentTypeOf(part);
    const boundary = parameters.get("boundary");
    if (type.startsWith("multipart/") && boundary !== undefined) {
      for (const inner of partsOf(part.body, boundary)) visit(readPart(inner), depth + 1);
      return;
    }
    const content = decodeBody(part);
    const cid = part.headers.get("content-id")?.replace(/^<|>$/g, "");
    if (type === "text/plain" && mail.text === "") mail.text = content.toString("utf8");
    else if (type === "text/html" && mail.html === undefined) mail.html = content.toString("utf8");
    else if (/^image\/(png|jpeg|gif|webp)$/.test(type) && cid !== undefined)
      mail.pictures.push({ cid, contentType: type, content });
  };
  visit(whole, 0);
  return mail;
}

function readPart(text: string): Part {
  const end = /\r?\n\r?\n/.exec(text);
  const head = end === null ? text : text.slice(0, end.index);
  const headers = new Map<string, string>();
  for (const line of head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0)
      headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, body: end === null ? "" : text.slice(end.index + end[0].length) };
}

function contentTypeOf({ headers }: Part): { type: string; parameters: Map<string, string> } {
  const [type = "text/plain", ...rest] = (headers.get("content-type") ?? "text/plain").split(";");
  const parameters = new Map<string, string>();
  for (const parameter of rest) {
    const equals = parameter.indexOf("=");
    if (equals < 0) continue;
    const value = parameter
      .slice(equals + 1)
      .trim()
      .replace(/^"|"$/g, "");
    parameters.set(parameter.slice(0, equals).trim().toLowerCase(), value);
  }
  return { type: type.trim().toLowerCase(), parameters };
}

function partsOf(body: string, boundary: string): string[] {
  const pieces = `\r\n${body}`.split(`\n--${boundary}`);
  return pieces
    .slice(1)
    .filter((piece) => !piece.startsWith("--"))
    .map((piece) => piece.replace(/^[ \t]*\r?\n/, "").replace(/\r$/, ""));
}

function decodeBody({ headers, body }: Part): Buffer {
  switch ((headers.get("content-transfer-encoding") ?? "").toLowerCase()) {
    case "base64":
      return Buffer.from(body, "base64");
    case "quoted-printable":
      return decodeQuoted(body.replace(/=\r?\n/g, ""));
    default:
      return Buffer.from(body, "latin1");
  }
}

function decodeQuoted(text: string): Buffer {
  const bytes = text.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, "latin1");
}

/** RFC 2047: =?UTF-8?B?…?= and =?UTF-8?Q?…?=; what is not encoded may be raw UTF-8. */
function decodeWords(text: string): string {
  const joined = text.replace(/\?=\s+=\?/g, "?==?");
  if (!joined.includes("=?")) return Buffer.from(text, "latin1").toString("utf8");
  return joined.replace(/=\?[\w-]+\?([bq])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
    kind.toLowerCase() === "b"
      ? Buffer.from(word, "base64").toString("utf8")
      : decodeQuoted(word.replace(/_/g, " ")).toString("utf8"),
  );
}
