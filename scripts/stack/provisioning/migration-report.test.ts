import type { MigrationStatus } from '@bank/database';
import { describe, expect, it } from 'vitest';
import { faultLines, statusLines } from '#stack/provisioning/migration-report.ts';

const nothing: MigrationStatus = { applied: [], pending: [], unknown: [], changed: [], invalidIndexes: [] };
const first = { name: '202611230001-first', at: new Date('2026-11-23T10:00:00Z'), checksum: 'a' };

describe('statusLines', () => {
  it('tells of a schema in which nothing has run', () => {
    expect(statusLines({ ...nothing, pending: ['a', 'b'] })).toEqual([
      'nothing has run, 2 pending',
      'pending  a',
      'pending  b',
    ]);
  });

  it('tells what ran last and when', () => {
    const line = '1 applied, 202611230001-first the last at 2026-11-23T10:00:00.000Z; up to date';
    expect(statusLines({ ...nothing, applied: [first] })).toEqual([line]);
  });

  it('tells of what a newer release ran, of what has changed, and of what was interrupted', () => {
    const odd = { ...nothing, applied: [first], unknown: ['x'], changed: ['y'], invalidIndexes: ['z'] };
    expect(statusLines(odd).slice(1)).toEqual([
      'unknown  x: a newer release ran it',
      'changed  y: it ran with other statements than it has now',
      'invalid  index z: its build was interrupted; the next migrate begins it again',
    ]);
  });
});

describe('faultLines', () => {
  it('finds nothing in a schema that is as it should be', () => {
    expect(faultLines({ ...nothing, applied: [first] }, [])).toEqual([]);
  });

  it('finds whatever is pending, odd, or other than the entities', () => {
    const faults = faultLines({ ...nothing, pending: ['a'], unknown: ['x'] }, ['alter table t add c int']);
    expect(faults).toEqual([
      'pending  a',
      'unknown  x: a newer release ran it',
      'entities differ: alter table t add c int',
    ]);
  });
});
