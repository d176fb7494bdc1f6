import type { ListedBank } from '#adapters/bank-accounts/bank-account-provider.ts';

/** A bank as clients name it, and the codes that providers know it by. */
export interface Bank {
  readonly code: string;
  readonly name: string;
  /** Code by provider; who is not in it cannot be asked about the bank. */
  readonly codes: Readonly<Record<string, string>>;
}

export interface ProviderList {
  readonly provider: string;
  readonly banks: readonly ListedBank[];
}

/** Words that tell no two banks apart. */
const commonWords = new Set(['bank', 'banks', 'plc', 'ltd', 'limited', 'the', 'of', 'nigeria', 'ghana', 'nig']);

/**
 * One list out of those of several providers. A bank is the same at both where its name is, common words aside; or where its code is, and
 * the names share a word: codes of young banks are each provider's own, so that a code alone could lead to another bank. It has the code of
 * the provider that comes first. What cannot be told apart by its code is left out.
 */
export function mergeBanks(lists: readonly ProviderList[]): Bank[] {
  const banks: Bank[] = [];
  for (const { provider, banks: listed } of lists) {
    const before = [...banks];
    for (const one of listed) {
      const index = before.findIndex((bank) => isSame(bank, one));
      const known = banks[index];
      if (known !== undefined) {
        banks[index] = { ...known, codes: { [provider]: one.code, ...known.codes } };
      } else if (!banks.some(({ code }) => code === one.code)) {
        banks.push({ ...one, codes: { [provider]: one.code } });
      }
    }
  }
  return banks.sort((one, other) => one.name.localeCompare(other.name, 'en'));
}

function isSame(bank: Bank, listed: ListedBank): boolean {
  const [words, others] = [wordsOf(bank.name), wordsOf(listed.name)];
  if (words.size > 0 && words.size === others.size && words.isSubsetOf(others)) return true;
  if (words.size > 0 && [...words].join('') === [...others].join('')) return true; // Premium Trust, PremiumTrust
  return bank.code === listed.code && !words.isDisjointFrom(others);
}

function wordsOf(name: string): Set<string> {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  return new Set(words.filter((word) => word !== '' && !commonWords.has(word)));
}
