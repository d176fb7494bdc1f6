/** What a wrapped key is bound to: it unwraps as no other key, of no other keyring, for no other app. */
export interface KeyContext {
  readonly app: string;
  readonly keyring: string;
  readonly key: string;
}

/**
 * A service that holds a key nobody can take out of it, and wraps ours under it. It is asked when a process starts and when a keyring
 * changes, never for a request: what it unwrapped stays in memory.
 */
export interface KeyManagement {
  /** @throws KeyManagementFailed */
  unwrap(wrapped: Uint8Array, context: KeyContext): Promise<Uint8Array>;
  /** A new key of 32 bytes, in the clear and wrapped. @throws KeyManagementFailed */
  generate(context: KeyContext): Promise<{ readonly key: Uint8Array; readonly wrapped: Uint8Array }>;
}

/** The service refused, or was not reached. The message names the key and the failure, nothing that is secret. */
export class KeyManagementFailed extends Error {
  override readonly name = 'KeyManagementFailed';
  /** Whether the same request may succeed later. */
  readonly passes: boolean;

  constructor({ app, keyring, key }: KeyContext, problem: string, options: { passes: boolean; cause?: unknown }) {
    super(`key ${key} of keyring ${keyring} of ${app}: ${problem}`, { cause: options.cause });
    this.passes = options.passes;
  }
}
