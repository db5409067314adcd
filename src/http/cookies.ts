// Cookies. Over https their names carry `__Host-` (no domain, whole path, Secure), so that nothing
// beside this host can plant one; plain http, for trying it on a phone in the same network, has to do
// without the prefix.

export function readCookie(request: Request, name: string): string | undefined {
  const header = request.headers.get("cookie");
  if (header === null || header.length > 8_192) return undefined;
  for (const part of header.split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

export function cookieName(base: string, secure: boolean): string {
  return secure ? `__Host-${base}` : base;
}

export function setCookie(
  name: string,
  value: string,
  options: { secure: boolean; maxAgeSec: number; sameSite?: "Lax" | "Strict" },
): string {
  const secure = options.secure ? "; Secure" : "";
  return `${name}=${value}; Path=/; HttpOnly; SameSite=${options.sameSite ?? "Lax"}; Max-Age=${Math.floor(options.maxAgeSec)}${secure}`;
}
