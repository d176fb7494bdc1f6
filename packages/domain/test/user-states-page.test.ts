import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderUserStatesPage } from '#user/user-states-page.ts';

test('docs/user-states.md says what the table says; `pnpm --filter @bank/domain codegen` writes it', () => {
  const committed = readFileSync(new URL('../../../docs/user-states.md', import.meta.url), 'utf8');
  expect(committed).toBe(renderUserStatesPage());
});
