// "Not modified": does a caller have this version already? RFC 9110, 13.1.2: a list of tags, weak or
// strong alike, or `*` for any.

export function hasVersion(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch
    .split(",")
    .map((tag) => tag.trim())
    .some((tag) => tag === "*" || tag.replace(/^W\//, "") === etag);
}
