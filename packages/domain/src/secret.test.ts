import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from '#secret.ts';

const secret = new Secret('correct horse');

test('a secret is given out by reveal alone', () => {
  expect(secret.reveal()).toBe('correct horse');
});

test.each([
  ['a template', `${secret}`],
  ['JSON', JSON.stringify({ secret })],
  ['inspect', inspect({ secret }, { depth: 5, showHidden: true })],
  ['its keys', JSON.stringify(Object.entries(secret))],
])('SR-85: %s does not show the secret', (_, printed) => {
  expect(printed).not.toContain('horse');
});
