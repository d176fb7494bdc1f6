import type { AssuranceLevel } from '@bank/domain';

/** The level of a session and the methods by which it was proved, by their names in a token (RFC 8176). */
export interface Assurance {
  acr: AssuranceLevel;
  amr: readonly string[];
}

/** A way to prove oneself. `raises`: beside a password it makes two factors of different kinds. */
interface Method {
  readonly amr: string;
  readonly raises: boolean;
}

const methods: Readonly<Record<string, Method>> = {
  password: { amr: 'pwd', raises: false },
  totp: { amr: 'otp', raises: true },
  sms: { amr: 'sms', raises: true },
  // Proves an address and no more (SR-29).
  email: { amr: 'otp', raises: false },
  recovery_code: { amr: 'recovery', raises: true },
};

/** A kind of factor that this version does not know raises nothing. */
const unknown: Method = { amr: 'otp', raises: false };

/**
 * What all the methods by which a session was proved are worth together: types of factors, `password` and `recovery_code`. A
 * second factor raises what a password began, and nothing by itself.
 */
export function assuranceOf(proved: readonly string[]): Assurance {
  const used = proved.map((name) => (Object.hasOwn(methods, name) ? (methods[name] ?? unknown) : unknown));
  const isRaised = proved.includes('password') && used.some(({ raises }) => raises);
  const amr = [...new Set(used.map((method) => method.amr))];
  return isRaised ? { acr: 'aal2', amr: [...amr, 'mfa'] } : { acr: 'aal1', amr };
}
