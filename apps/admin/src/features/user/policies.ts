import { type PersonalProfileField, personalProfileFields } from '@bank/domain';
import type { ContactFieldName } from '#adapters/auth/user-directory.ts';

const contactFields = ['email', 'phone'] as const satisfies readonly ContactFieldName[];

/** What can be unmasked: of an app each. */
export const unmaskableFields = [...contactFields, ...personalProfileFields] as const;

/** Those of the fields that `auth` keeps. */
export function contactOf(fields: readonly string[]): ContactFieldName[] {
  return contactFields.filter((field) => fields.includes(field));
}

/** Those of the fields that `profile` keeps. */
export function profileFieldsOf(fields: readonly string[]): PersonalProfileField[] {
  return personalProfileFields.filter((field) => fields.includes(field));
}
