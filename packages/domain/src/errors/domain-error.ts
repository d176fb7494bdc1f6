import type { ErrorCode } from '#errors/catalogue.ts';
import { errorCatalogue } from '#errors/catalogue.ts';
import type { ErrorKind } from '#errors/kind.ts';

/** One field that was refused: where it is (`addresses.0.city`, empty for the whole) and the rule it broke. Never its value. */
export interface FieldError {
  readonly path: string;
  readonly rule: string;
}

/** A limit that was hit, for the `RateLimit` and `RateLimit-Policy` headers. */
export interface LimitDetails {
  readonly name: string;
  readonly points: number;
  readonly remaining: number;
  readonly windowSeconds: number;
  readonly resetSeconds: number;
}

/** What the client is told beside code and message. Everything in here is public. */
export interface ErrorDetails {
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
  readonly limit?: LimitDetails;
  /** Step-up: the authenticator assurance and the age of the sign-in that would do. */
  readonly acr?: 'aal1' | 'aal2' | 'aal3';
  readonly maxAgeSeconds?: number;
  /** Step-up: by a passkey alone; other proofs, whatever level they give, would not do. */
  readonly phishingResistant?: true;
  /** The methods an address does take. */
  readonly methods?: readonly string[];
}

/** What an error says beside its code. */
export interface DomainErrorOptions {
  /** For the log alone: what really happened. Must hold no personal data and no secret. */
  readonly reason?: string;
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
  /** Nothing was done, by this call or one before it: whoever was to do it was never reached. */
  readonly isUndone?: boolean;
  /** Somebody else holds what this call needs, and maybe only this one. */
  readonly isContended?: boolean;
}

/** The one family of expected failures. `reason` and `cause` go to the log; code, `publicMessage` and `details` to the client. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly publicMessage: string;
  readonly reason: string | undefined;
  readonly details: ErrorDetails;
  /** Whether it is certain that nothing was done, though it may be worth another try. */
  readonly isUndone: boolean;
  /** Whether somebody else held what was needed, so that another call may well succeed meanwhile. */
  readonly isContended: boolean;

  constructor(code: ErrorCode, options: DomainErrorOptions = {}) {
    const { kind, message } = errorCatalogue[code];
    super(options.reason === undefined ? code : `${code}: ${options.reason}`, { cause: options.cause });
    this.code = code;
    this.kind = kind;
    this.publicMessage = message;
    this.reason = options.reason;
    this.details = options.details ?? {};
    this.isUndone = options.isUndone ?? false;
    this.isContended = options.isContended ?? false;
  }

  /** Whether it is an answer to what was asked: that it is not allowed or does not fit, and not that something failed. */
  get isRefusal(): boolean {
    return this.kind !== 'internal' && this.kind !== 'unavailable';
  }
}
