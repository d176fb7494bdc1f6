import { expect, test } from 'vitest';
import { readCommonPasswords } from '#password/common-passwords.ts';
import { commonPasswordWords } from '../scripts/common-password-words.ts';

test('the committed list is what the word list yields; `pnpm --filter @bank/security codegen` writes it', () => {
  expect(readCommonPasswords()).toEqual(commonPasswordWords());
});
