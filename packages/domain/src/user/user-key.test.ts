import { expect, test } from 'vitest';
import { userKey } from '#user/user-key.ts';

test('a key of a user carries the user id as its only hash tag', () => {
  expect(userKey('01980000-0000-7000-8000-000000000001', 'login', 'attempts')).toBe(
    '{01980000-0000-7000-8000-000000000001}:login:attempts',
  );
});
