let callers = 0;

/** The header by which a trusted hop names a client: another address each time, so that no limit per address is what is measured. */
export function fromAnotherAddress(): { readonly 'x-forwarded-for': string } {
  callers = (callers + 1) % (1 << 24);
  return { 'x-forwarded-for': `10.${callers >> 16}.${(callers >> 8) & 255}.${callers & 255}` };
}
