/** What users may be asked to agree to. Without `isWithdrawable` there is no account: who takes it back closes the account. */
export const consentPurposes = {
  terms: { isWithdrawable: false },
  privacy: { isWithdrawable: false },
  marketing_email: { isWithdrawable: true },
  marketing_sms: { isWithdrawable: true },
  analytics: { isWithdrawable: true },
  data_sharing: { isWithdrawable: true },
} as const satisfies Record<string, { readonly isWithdrawable: boolean }>;

export type ConsentPurpose = keyof typeof consentPurposes;
export const consentPurposeNames = Object.keys(consentPurposes) as ConsentPurpose[];
