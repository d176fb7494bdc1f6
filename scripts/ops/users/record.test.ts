import { describe, expect, it } from 'vitest';
import { toImportedUser } from '#ops/users/record.ts';

/** As a line of a file is read. */
const read = (externalId: string) =>
  toImportedUser(JSON.parse(`{"email":"ada@example.com","externalId":${externalId}}`));

describe('externalId', () => {
  it.each([
    ['"00017"', '00017'],
    ['17', '17'],
    ['9007199254740991', '9007199254740991'],
    ['"9007199254740993"', '9007199254740993'],
    ['null', ''],
  ])('%s', (given, externalId) => {
    expect(read(given)).toMatchObject({ user: { externalId } });
  });

  it.each(['9007199254740992', '9007199254740993', '1.5', '1e30'])(
    '%s is refused: as a number it might be another one',
    (given) => {
      expect(read(given)).toEqual({ field: 'externalId', rule: 'inexact_number' });
    },
  );

  it.each(['true', '[]', '{}'])('%s is none', (given) => {
    expect(read(given)).toEqual({ field: 'externalId', rule: 'text' });
  });

  it('that is too long says so', () => {
    expect(read(`"${'x'.repeat(1025)}"`)).toEqual({ field: 'externalId', rule: 'too_long' });
  });
});
