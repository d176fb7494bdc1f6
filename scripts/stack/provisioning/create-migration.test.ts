import { describe, expect, it } from 'vitest';
import { createMigration, migrationSource } from '#stack/provisioning/create-migration.ts';

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
  expect(() => createMigration('auth', 'Add Nick', [])).toThrow('"Add Nick" is not a name in kebab-case');
});
