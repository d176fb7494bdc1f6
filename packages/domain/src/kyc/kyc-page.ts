import { identityDocumentsByCountry, kycDocuments } from '#kyc/kyc-documents.ts';
import { kycReasons } from '#kyc/kyc-reasons.ts';
import { kycStates } from '#kyc/kyc-states.ts';
import { type KycTier, kycTierOf, kycTiers, kycTierTable } from '#kyc/kyc-tiers.ts';

/** The tables of `docs/kyc.md`, so that what is documented is what the code decides by. */
const kycTables: Readonly<Record<string, () => readonly string[]>> = {
  states: () =>
    table(
      ['status', 'open', 'meaning'],
      Object.entries(kycStates.states).map(([status, { isOpen, meaning }]) => [
        code(status),
        isOpen ? '✓' : '',
        meaning,
      ]),
    ),
  diagram: () => [
    '```mermaid',
    'stateDiagram-v2',
    ...kycStates.transitions.map(({ from, to, by }) => `    ${from} --> ${to}: ${by.join(', ')}`),
    '```',
  ],
  transitions: () =>
    table(
      ['from', 'to', 'by', 'why'],
      kycStates.transitions.map(({ from, to, by, why }) => [code(from), code(to), by.map(code).join(', '), why]),
    ),
  tiers: () =>
    table(
      ['tier', 'profile', 'documents that prove', 'a payment', 'a day', 'a month', 'balance'],
      kycTiers.map(tierRow),
    ),
  documents: () =>
    table(
      ['document', 'proves', 'sides', 'number and expiry'],
      Object.entries(kycDocuments).map(([kind, { purpose, sides, isNumbered }]) => [
        code(kind),
        purpose,
        sides.join(', '),
        isNumbered ? '✓' : '',
      ]),
    ),
  countries: () =>
    table(
      ['issued by', 'identity documents'],
      Object.entries(identityDocumentsByCountry).map(([country, kinds]) => [
        country === '*' ? 'any other' : code(country),
        kinds.map(code).join(', '),
      ]),
    ),
  reasons: () =>
    table(
      ['reason', 'meaning'],
      Object.entries(kycReasons).map(([reason, meaning]) => [code(reason), meaning]),
    ),
};

/** The page with its tables written anew, each between its two comments. @throws Error when one of them has no place */
export function renderKycPage(page: string): string {
  return Object.entries(kycTables).reduce((text, [name, render]) => {
    const [begin, end] = [`<!-- table ${name} -->`, `<!-- end ${name} -->`];
    const [before, rest] = text.split(begin);
    const [, after] = rest?.split(end) ?? [];
    if (before === undefined || after === undefined) throw new Error(`docs/kyc.md has no place for ${name}`);
    return `${before}${begin}\n\n${render().join('\n')}\n\n${end}${after}`;
  }, page);
}

function tierRow(tier: KycTier): readonly string[] {
  const { name, profile, documents, limits } = kycTierOf(tier);
  const amounts = [limits.perPayment, limits.perDay, limits.perMonth, limits.balance].map(amount);
  return [`${tier} ${name}`, profile.map(code).join(', '), documents.join(', '), ...amounts];
}

/** Minor units as people read them; the currency has two decimals. */
function amount(minor: number | null): string {
  return minor === null ? 'no limit' : `${(minor / 100).toFixed(2)} ${kycTierTable.currency}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function code(text: string): string {
  return `\`${text}\``;
}
