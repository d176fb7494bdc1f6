import { expect, test } from 'vitest';
import { keysThatHold } from './foreign-keys.ts';
import { ownMfaApp } from './mfa-app.ts';

const app = ownMfaApp();

test('what refers to a factor or a challenge goes with it', async () => {
  expect(await keysThatHold(app.database)).toEqual([]);
});

test('a key that would keep one is told of, wherever it hangs', async () => {
  for (const table of [
    `held (factor_id uuid constraint held_factor_fkey references mfa.factors (id))`,
    `emptied (challenge_id uuid constraint emptied_challenge_fkey references mfa.challenges (id) on delete set null)`,
    `cards (factor_id uuid primary key constraint cards_factor_fkey references mfa.factors (id) on delete cascade)`,
    `uses (card_id uuid constraint uses_card_fkey references mfa.cards (factor_id) on delete restrict)`,
    `free (user_id uuid constraint free_user_fkey references mfa.subjects (user_id))`,
  ]) {
    await app.database.query(`create table mfa.${table}`);
  }
  const cure = `must be "on delete cascade", and .deleteRule('cascade') in its entity`;
  expect(await keysThatHold(app.database)).toEqual([
    `mfa.emptied: emptied_challenge_fkey ${cure}: rows of mfa.challenges go, and what refers to them goes with them`,
    `mfa.held: held_factor_fkey ${cure}: rows of mfa.factors go, and what refers to them goes with them`,
    `mfa.uses: uses_card_fkey ${cure}: rows of mfa.cards go, and what refers to them goes with them`,
  ]);
});
