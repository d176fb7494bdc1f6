import { describe, expect, it } from 'vitest';
import { ops } from '#test/ops-command.ts';

describe('pnpm ops keys, pnpm ops pii, pnpm ops users and pnpm ops dlq', () => {
  it.each([
    ['keys list', ['k1']],
    ['keys list', ['--lead', '60']],
    ['keys rotate', ['k1']],
    ['keys rotate', ['--json']],
    ['keys rotate', ['--lead', 'soon']],
    ['keys revoke', []],
    ['keys revoke', ['k1', 'k2']],
    ['keys revoke', ['k1', '--json']],
    ['pii status', ['k1']],
    ['pii status', ['--keyring', 'blind-index']],
    ['pii rotate', ['k1']],
    ['pii rotate', ['--keyring', 'blind-index']],
    ['pii rotate', ['--json']],
    ['pii new-key', []],
    ['pii use-key', ['k1', 'k2']],
    ['pii retire-key', ['k1', '--json']],
    ['users erase', []],
    ['users erase', ['ids.txt']],
    ['dlq list', ['mfa.events', '--all']],
    ['dlq replay', ['mfa.events', '--all', '--limit', '5']],
    ['dlq discard', ['mfa.events', '--id', 'one', '--json']],
  ])('end with 2 and the usage of %s when they are given %j', async (command, args) => {
    const { status, stderr } = await ops([...command.split(' '), ...args]);
    expect([status, stderr]).toEqual([2, expect.stringContaining(`usage: pnpm ops ${command}`)]);
  });
});
