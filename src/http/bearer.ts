// The token in an Authorization header.

const scheme = "Bearer ";

export function bearerIn(authorization: string | null): string | undefined {
  return authorization?.startsWith(scheme) ? authorization.slice(scheme.length) : undefined;
}
