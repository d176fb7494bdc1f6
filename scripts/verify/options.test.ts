import { describe, expect, it } from 'vitest';
import { readOptions } from '#verify/options.ts';

describe('the options of pnpm verify', () => {
  it('are none for what CI runs', () => {
    const nothing = { isStatic: false, isFull: false, isPooler: false, withCoverage: false };
    expect(readOptions([])).toEqual(nothing);
    expect(readOptions(['--static'])).toEqual({ ...nothing, isStatic: true });
  });

  it('measure the coverage in a full run', () => {
    expect(readOptions(['--full'])).toMatchObject({ isFull: true, withCoverage: true });
  });

  it.each(['--statik', 'device'])('refuse %s, and list what there is', (option) => {
    expect(() => readOptions(['--full', option])).toThrow(
      `there is no option "${option}": --static, --coverage, --full, --pgbouncer`,
    );
  });
});
