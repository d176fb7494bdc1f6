import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger, createMetrics } from '@bank/observability';
import { temporaryFolder } from '@bank/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type CallerTable, openCallerTable } from '#rpc/server/callers.ts';

const uri = 'spiffe://bank/app/admin';
const method = 'bank.profile.v1.ProfileService/GetProfile';
const batch = 'bank.profile.v1.ProfileService/BatchGetProfiles';

const options = { service: 'test', level: 'silent' } as const;
let table: CallerTable | undefined;
afterEach(() => table?.close());

function open(entry: object): CallerTable {
  const file = join(temporaryFolder('callers'), 'callers.json');
  writeFileSync(file, JSON.stringify({ [uri]: { name: 'admin', methods: [method, batch], ...entry } }));
  table = openCallerTable(file, { logger: createLogger(options), metrics: createMetrics(options) });
  return table;
}

describe('the caller table', () => {
  it('lists fields for one method alone', () => {
    const caller = open({ fields: { [method]: ['givenName', 'version'] } }).authorise(uri, method);
    expect([...caller.fieldsOf(method)]).toEqual(['givenName', 'version']);
    expect(caller.fieldsOf(batch).size).toBe(0);
  });

  it('lists no field and no audience unless it says so', () => {
    const caller = open({}).authorise(uri, method);
    expect(caller.fieldsOf(method).size).toBe(0);
    expect(caller.audiences).toEqual([]);
  });

  it('refuses whom and what it does not list', () => {
    const unknown = expect.objectContaining({ code: 'access.caller.unknown' });
    expect(() => open({}).authorise(undefined, method)).toThrow(unknown);
    expect(() => open({}).authorise('spiffe://bank/app/mfa', method)).toThrow(unknown);
    expect(() => open({}).authorise(uri, 'bank.profile.v1.ProfileService/Other')).toThrow(unknown);
  });

  it.each([
    ['fields of a method that is not listed', { methods: [method], fields: { [batch]: ['givenName'] } }],
    ['a field by its proto name', { fields: { [method]: ['given_name'] } }],
    ['a method without its service', { methods: ['GetProfile'] }],
    ['an unknown member', { roles: ['admin'] }],
  ])('is not opened with %s', (_name, entry) => {
    expect(() => open(entry)).toThrow(/caller table is not valid/);
  });
});
