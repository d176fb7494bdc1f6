import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMigration, listingOf, migrationNumber, migrationSource } from '#stack/provisioning/create-migration.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';

describe('migrationSource', () => {
  it('is a class with the name and the statements', () => {
    expect(
      migrationSource('add-nick-names', ['alter table a add b text', 'select 1']),
    ).toBe(`import { SqlMigration } from '@bank/database';

export class AddNickNames extends SqlMigration {
  override statements(): readonly string[] {
    return [
      \`alter table a add b text\`,
      \`select 1\`,
    ];
  }
}
`);
  });

  it('escapes what a template literal would take for its own', () => {
    expect(migrationSource('a', ['`x` \\ $', '$' + '{y}'])).toContain(
      '      `\\`x\\` \\\\ $`,\n      `\\$' + '{y}`,\n',
    );
  });
});

it('refuses a name that is not kebab-case', () => {
  expect(() => createMigration('auth', { name: 'Add Nick' }, [])).toThrow('"Add Nick" is not a name in kebab-case');
});

it('refuses a part of an app that is not there, and makes nothing of it', () => {
  const part = 'src/factor-types/totpp/storage';
  expect(() => createMigration('mfa', { name: 'codes', part }, [])).toThrow(`there is no apps/mfa/${part}/index.ts`);
  expect(existsSync(join(repositoryFolder, 'apps/mfa/src/factor-types/totpp'))).toBe(false);
});

describe('listingOf', () => {
  it('says where a migration of an app is listed, and one of a part of it', () => {
    expect(listingOf('auth', {})).toBe('list it last in apps/auth/migrations/index.ts');
    expect(listingOf('mfa', { part: 'src/factor-types/totp/storage/' })).toBe(
      'list it in `migrations`, which apps/mfa/src/factor-types/totp/storage/index.ts exports, and run "pnpm codegen"',
    );
  });
});

describe('migrationNumber', () => {
  const now = new Date('2026-11-28T05:40:59Z');

  it('is the minute, in UTC', () => {
    expect(migrationNumber(['202611280539-a.ts', 'index.ts'], now)).toBe('202611280540');
    expect(migrationNumber([], now)).toBe('202611280540');
  });

  it.each([
    ['of the same minute', '202611280540-a.ts', '202611280541'],
    ['of a later one', '202612060110-b.ts', '202612060111'],
    ['that is no time', '202612060199-c.ts', '202612060200'],
  ])('is behind one %s', (_, name, expected) => {
    expect(migrationNumber(['202611230001-first.ts', name, 'index.ts'], now)).toBe(expected);
  });
});
