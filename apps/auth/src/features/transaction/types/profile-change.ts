import * as v from 'valibot';
import { wholeText, words } from '#features/transaction/fields.ts';
import { defineTransactionType } from '#features/transaction/transaction-type.ts';

const fields = {
  legal_name: 'legal name',
  date_of_birth: 'date of birth',
  nationality: 'nationality',
  home_address: 'home address',
  mailing_address: 'mailing address',
} as const;
const names = Object.keys(fields) as (keyof typeof fields)[];

/** What the bank knows of a person, where it is more than a preference. */
export const profileChange = defineTransactionType(
  'profile_change',
  v.strictObject({ field: v.picklist(names), value: words(200) }),
  ({ field, value }) => {
    const stated = wholeText(value, 40);
    return {
      title: 'Change of your details',
      lines: [
        { label: 'What', value: fields[field] },
        { label: 'From now on', value },
      ],
      text: stated === undefined ? undefined : `${fields[field]} to ${stated}`,
    };
  },
);
