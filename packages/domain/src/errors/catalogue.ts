import { accountErrors } from '#errors/account.catalogue.ts';
import { authErrors } from '#errors/auth.catalogue.ts';
import { fileErrors } from '#errors/file.catalogue.ts';
import { identityErrors } from '#errors/identity.catalogue.ts';
import type { ErrorEntry } from '#errors/kind.ts';
import { requestErrors } from '#errors/request.catalogue.ts';
import { serviceErrors } from '#errors/service.catalogue.ts';

/**
 * Every error this system answers with. A code is a promise to clients: it is never renamed and never reused.
 * Messages are for the public and never say whether something exists.
 */
export const errorCatalogue = {
  ...requestErrors,
  ...authErrors,
  ...identityErrors,
  ...fileErrors,
  ...accountErrors,
  ...serviceErrors,
} as const satisfies Record<string, ErrorEntry>;

/** The code of an error: `auth.token.invalid`. */
export type ErrorCode = keyof typeof errorCatalogue;

/** Whether text from outside (another service's answer) names an error of the catalogue. */
export function isErrorCode(value: string): value is ErrorCode {
  return Object.hasOwn(errorCatalogue, value);
}
