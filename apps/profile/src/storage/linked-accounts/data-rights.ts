import type { PersonalTable } from '@bank/database';

/** Accounts that users have elsewhere. */
export const linkedAccounts: Readonly<Record<string, PersonalTable>> = {
  bank_account_digests: {
    whose: 'owner_id in (select id from profile.bank_accounts where user_id = ?)',
    exported: { withheld: 'keyed hashes by which an account is found again' },
    erased: 'deleted',
  },
  bank_accounts: {
    exported: {
      key: 'id',
      columns: {
        id: 'id',
        country: 'country',
        bankCode: 'bank_code',
        bankName: 'bank_name',
        nameMatch: 'name_match',
        resolvedBy: 'provider',
        resolvedAt: 'resolved_at',
        default: 'is_default',
        createdAt: 'created_at',
      },
      // The bank may know further names than the user gave, which are hidden from the user everywhere else.
      sealed: [{ column: 'sealed', group: ({ key }) => `financial:${key}`, withheld: ['holder'] }],
    },
    erased: 'deleted',
  },
  biller_account_digests: {
    whose: 'owner_id in (select id from profile.biller_accounts where user_id = ?)',
    exported: { withheld: 'keyed hashes by which an account is found again' },
    erased: 'deleted',
  },
  biller_accounts: {
    exported: {
      key: 'id',
      columns: {
        id: 'id',
        country: 'country',
        billerCode: 'biller_code',
        billerName: 'biller_name',
        itemCode: 'item_code',
        itemName: 'item_name',
        validatedBy: 'provider',
        validatedAt: 'validated_at',
        createdAt: 'created_at',
      },
      // The meter may be another person's, of whose name the user sees first letters.
      sealed: [{ column: 'sealed', group: ({ key }) => `financial:${key}`, withheld: ['customerName'] }],
    },
    erased: 'deleted',
  },
};
