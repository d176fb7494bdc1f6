/**
 * Whether a URL names this machine: `localhost`, 127.0.0.0/8 or `[::1]`, in whichever spelling, since `URL` writes an address
 * in one way. What is asked there crosses no network.
 */
export function isOnThisMachine({ hostname }: URL): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}
