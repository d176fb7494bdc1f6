import { mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, until } from '@bank/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { watchFiles } from '#rpc/tls-files.ts';

let unwatch: (() => void) | undefined;
afterEach(() => unwatch?.());

describe('watchFiles', () => {
  it('tells of files that cannot be looked at, and of those that are back, and throws in neither case', async () => {
    const folder = temporaryFolder('watched');
    const [real, link] = [join(folder, 'real'), join(folder, 'link')];
    mkdirSync(real);
    writeFileSync(join(real, 'cert.pem'), 'a');
    symlinkSync(real, link);
    let changes = 0;
    unwatch = watchFiles([join(link, 'cert.pem')], () => (changes += 1), 5);

    // A link to itself: ELOOP, which root meets as well, unlike EACCES.
    unlinkSync(link);
    symlinkSync(link, link);
    await until(() => changes === 1);

    unlinkSync(link);
    symlinkSync(real, link);
    await until(() => changes === 2);
    expect(changes).toBe(2);
  });
});
