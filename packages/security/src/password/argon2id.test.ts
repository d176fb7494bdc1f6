import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const hashes = 25;

/** A process of its own: here the library may be loaded already, which reads its settings once. */
const program = `
  import { setTimeout as pause } from 'node:timers/promises';
  import { staticKeyring } from '#keys/keyring.ts';
  import { createPasswordHasher } from '#password/password-hasher.ts';
  const pepper = staticKeyring('pepper', { k1: new Uint8Array(32).fill(7) }, 'k1');
  const hasher = createPasswordHasher({ pepper });
  for (let count = 0; count < ${hashes}; count += 1) {
    await pause(20); // longer than the allocator keeps by default what is unused
    const before = process.resourceUsage().minorPageFault;
    await hasher.decoy('violet tractor umbrella');
    console.log(process.resourceUsage().minorPageFault - before);
  }`;

test('the memory of hashes is mapped once for each thread, not for every other password', () => {
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  const faults = output.trim().split('\n').map(Number);
  expect(faults).toHaveLength(hashes);
  // 19 MiB are 4,864 pages. libuv's pool has four threads; one may find another's memory in use.
  expect(faults.filter((count) => count > 4000).length).toBeLessThan(10);
  expect(Math.max(...faults.slice(-8))).toBeLessThan(4000);
});
