/** The only shape of cookie there is: `Secure`, `HttpOnly`, `SameSite=Strict`, narrow path (SR-61). */
export interface Cookie {
  readonly name: `__Secure-${string}`;
  readonly value: string;
  readonly path: string;
  /** Zero takes the cookie away. */
  readonly maxAgeSeconds: number;
}

const cookieName = /^__Secure-[a-z][a-z0-9-]*$/;
const cookieValue = /^[\w.~-]*$/;
const authPath = '/v1/auth';

/**
 * A cookie that only the auth routes see. Not `__Host-`: that prefix demands `Path=/`, and the cookie would then travel
 * to every app.
 * @throws TypeError when name or value cannot be a cookie's
 */
export function secureCookie(name: Cookie['name'], value: string, options: { maxAgeSeconds: number }): Cookie {
  if (!cookieName.test(name) || !cookieValue.test(value)) {
    throw new TypeError('not a cookie name or value');
  }
  return { name, value, path: authPath, maxAgeSeconds: Math.max(0, Math.floor(options.maxAgeSeconds)) };
}

/** Takes the cookie of that name away. */
export function expiredCookie(name: Cookie['name']): Cookie {
  return secureCookie(name, '', { maxAgeSeconds: 0 });
}

/** The value of a `Set-Cookie` header (RFC 6265 §4.1). */
export function serialiseCookie({ name, value, path, maxAgeSeconds }: Cookie): string {
  return `${name}=${value}; Path=${path}; Max-Age=${maxAgeSeconds}; Secure; HttpOnly; SameSite=Strict`;
}

/**
 * The value of one cookie in a `Cookie` header. A name sent twice counts as missing: nobody can tell which of the two
 * was planted.
 */
export function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined) {
    return undefined;
  }
  const prefix = `${name}=`;
  const found = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(prefix));
  return found.length === 1 ? found[0]?.slice(prefix.length) : undefined;
}
