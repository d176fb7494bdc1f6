import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderKycPage } from '#kyc/kyc-page.ts';

test('docs/kyc.md says what the tables say; `pnpm --filter @bank/domain codegen` writes them', () => {
  const committed = readFileSync(new URL('../../../docs/kyc.md', import.meta.url), 'utf8');
  expect(committed).toBe(renderKycPage(committed));
});
