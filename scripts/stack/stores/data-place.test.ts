import { readFileSync, writeFileSync } from 'node:fs';
import { temporaryFolder } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { dataPlaceFile, foreignDataPlace, requireSamePlace } from '#stack/stores/data-place.ts';

const own = { kind: 'private', program: { folder: '/pg/bin' } } as const;
const container = { kind: 'container' } as const;
const givenAt = (url: string) => ({ kind: 'given', given: { url, variable: 'POSTGRES_URL' } }) as const;

describe('requireSamePlace', () => {
  it('lets a stack go on where its data is, and anywhere until there is some', () => {
    const folder = temporaryFolder('same-place');
    requireSamePlace(folder, container);
    requireSamePlace(folder, own).note();
    requireSamePlace(folder, own).note();
    expect(foreignDataPlace(folder)).toBeUndefined();
    writeFileSync(dataPlaceFile(folder), '{');
    requireSamePlace(folder, container);
  });

  it('stops a stack that would begin with nothing beside its keys, and names both places', () => {
    const folder = temporaryFolder('another-place');
    requireSamePlace(folder, own).note();
    expect(() => requireSamePlace(folder, container)).toThrow(
      'is in a Postgres process of its own, and would now be in a container of Docker',
    );
    expect(() => requireSamePlace(folder, givenAt('postgres://db/bank'))).toThrow('POSTGRES_URL (db:5432)');
  });

  it('keeps host and port of a server that was given, and no password', () => {
    const folder = temporaryFolder('given-place');
    requireSamePlace(folder, givenAt('postgres://me:hunter2@db:5433/bank')).note();
    expect(readFileSync(dataPlaceFile(folder), 'utf8')).not.toContain('hunter2');
    requireSamePlace(folder, givenAt('postgres://me:changed@db:5433/bank'));
    expect(() => requireSamePlace(folder, givenAt('postgres://me@db:5434/bank'))).toThrow('db:5434');
    expect(foreignDataPlace(folder)).toBe('the Postgres of POSTGRES_URL (db:5433)');
  });
});
