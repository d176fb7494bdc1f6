/** Why a case was rejected or needs more: codes that a person may see, with what they mean. */
export const kycReasons = {
  document_unreadable: 'A document cannot be read.',
  document_expired: 'A document has run out.',
  document_not_accepted: 'A document of that kind or country does not do.',
  document_tampered: 'A document shows signs of having been altered.',
  name_mismatch: 'The name differs from that of the profile.',
  date_of_birth_mismatch: 'The date of birth differs from that of the profile.',
  face_mismatch: 'The picture does not show the holder of the document.',
  address_mismatch: 'The address differs, or its proof is too old.',
  funds_unclear: 'Where the funds come from is not clear.',
  watchlist_match: 'The check against lists needs a person to look at it.',
  policy: 'The rules of the bank do not allow it.',
  other: 'Something else; the bank will write about it.',
} as const satisfies Record<string, string>;
export type KycReason = keyof typeof kycReasons;
export const kycReasonCodes = Object.keys(kycReasons) as readonly KycReason[];

/** The known reasons among codes from outside; what is unknown becomes `other`. Each once, in the order of the table. */
export function kycReasonsOf(codes: readonly string[]): readonly KycReason[] {
  const known = new Set(codes.map((code) => (Object.hasOwn(kycReasons, code) ? code : 'other')));
  return kycReasonCodes.filter((code) => known.has(code));
}
