import { mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMetrics } from '@bank/observability';
import { temporaryFolder, until } from '@bank/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { reloadOnChange } from '#rpc/reload-files.ts';

let unwatch: (() => void) | undefined;
afterEach(() => unwatch?.());

describe('reloadOnChange', () => {
  it('tells of files that cannot be looked at, and of those that are back, and throws in neither case', async () => {
    const folder = temporaryFolder('watched');
    const [real, link] = [join(folder, 'real'), join(folder, 'link')];
    mkdirSync(real);
    writeFileSync(join(real, 'cert.pem'), 'a');
    symlinkSync(real, link);
    const watched = { name: 'certificate', files: [join(link, 'cert.pem')], logger: undefined, metrics: undefined };
    let changes = 0;
    unwatch = reloadOnChange({ ...watched, pollMs: 5 }, () => {
      changes += 1;
    });

    // A link to itself: ELOOP, which root meets as well, unlike EACCES.
    unlinkSync(link);
    symlinkSync(link, link);
    await until(() => changes === 1);

    unlinkSync(link);
    symlinkSync(real, link);
    await until(() => changes === 2);
    expect(changes).toBe(2);
  });

  it('shows a refusal in the metrics until a change is taken, and all is well before', async () => {
    const file = join(temporaryFolder('watched'), 'callers.json');
    writeFileSync(file, 'good');
    const metrics = createMetrics({ service: 'test' });
    const refusals = async () => /^reload_refused\{.*file="caller table".*\} (\d)$/m.exec(await metrics.text())?.[1];
    let isGood = true;
    unwatch = reloadOnChange({ name: 'caller table', files: [file], logger: undefined, metrics, pollMs: 5 }, () => {
      if (!isGood) throw new Error('not as it should be');
    });
    expect(await refusals()).toBe('0');

    isGood = false;
    writeFileSync(file, 'bad');
    await until(async () => (await refusals()) === '1');

    isGood = true;
    writeFileSync(file, 'good again');
    await until(async () => (await refusals()) === '0');
  });
});
