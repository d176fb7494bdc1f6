import { type ErrorCode, errorCatalogue } from '@bank/domain';

/**
 * Whether a 401 is about what the request itself was to prove, such as a password or a code, and not about a token or its proof
 * of possession.
 */
export function isAboutProofInBody(code: ErrorCode): boolean {
  return errorCatalogue[code].kind === 'unauthenticated' && !/^auth\.(?:token|proof)\./.test(code);
}
