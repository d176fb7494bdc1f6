import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as proto from '@bank/proto';
import { describe, expect, it } from 'vitest';
import { appNames, spiffeId } from '#stack/settings/apps.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';
import { appsCalledBy, readRpcCallers } from '#stack/settings/rpc-callers.ts';

const table = readRpcCallers();

/** Every method of our services, by its name in the table: `bank.user.v1.UserService/GetUser`. */
const descriptors = new Map(
  Object.values(proto)
    .filter((member) => typeof member === 'object' && 'kind' in member && member.kind === 'service')
    .flatMap(({ typeName, methods: of }) =>
      of.map((method): [string, typeof method] => [`${typeName}/${method.name}`, method]),
    ),
);
const methods = [...descriptors.keys()];

/** The fields that a method's answer has, those of the messages in it included, by their JSON names. */
function fieldsOf(method: string): string[] {
  const fields = descriptors.get(method)?.output.fields ?? [];
  return fields.flatMap(({ jsonName, message }) => [
    jsonName,
    ...(message?.fields ?? []).map((field) => field.jsonName),
  ]);
}

/** Methods that an app may call although nothing in it does yet, and why. */
const givenAhead: Readonly<Record<string, string>> = {
  'bank.data_rights.v1.DataRightsService/ExportUserData': 'profile takes what users ask for',
  'bank.data_rights.v1.DataRightsService/EraseUser': 'profile takes what users ask for',
  'bank.device.v1.DeviceService/RevokeDevice': 'staff remove devices through admin',
};

/** The texts of all sources below a folder but tests and what stands in for others in tests. */
function sourcesIn(folder: string): string[] {
  const files = readdirSync(join(repositoryFolder, folder), { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => /(?<![.]test)[.]ts$/.test(file) && !file.startsWith('testing/'));
  return sources.map((file) => readFileSync(join(repositoryFolder, folder, file), 'utf8'));
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

describe('infra/rpc-callers.json', () => {
  it('has a table for every app', () => {
    expect(Object.keys(table).sort()).toEqual([...appNames].sort());
  });

  it('names methods that exist', () => {
    const allowed = Object.values(table).flatMap((callers) =>
      Object.values(callers).flatMap((caller) => caller.methods),
    );
    expect(allowed.filter((method) => !methods.includes(method))).toEqual([]);
  });

  it('lists fields that the answer has, for methods that the caller may call', () => {
    for (const { fields = {}, methods: allowed } of Object.values(table).flatMap((callers) => Object.values(callers))) {
      for (const [method, names] of Object.entries(fields)) {
        expect(allowed).toContain(method);
        expect(names.filter((name) => !fieldsOf(method).includes(name))).toEqual([]);
      }
    }
  });

  it('shows of a user what the caller uses: roles to whoever judges people, and nobody the rest without a need', () => {
    const shown = Object.values(table.auth).flatMap(({ name, fields = {} }) =>
      Object.entries(fields).map(([method, names]) => `${name} ${method.split('/')[1]}: ${names.join(' ')}`),
    );
    expect(shown.filter((line) => /GetUser/.test(line))).toEqual([
      'profile BatchGetUsers: roles',
      'mfa BatchGetUsers: roles',
      'device GetUser: roles',
      'admin GetUser: roles',
      'admin BatchGetUsers: emailVerified phoneVerified',
    ]);
  });

  it.each(appNames)('SR-67: gives %s no method that it never calls', (app) => {
    const code = [`apps/${app}/src`, 'packages/composition/src'].flatMap(sourcesIn).join('\n');
    const isCalled = (method: string) => code.includes(`.${lowerFirst(method.split('/')[1] ?? '')}(`);
    const given = Object.values(table).flatMap((callers) => callers[spiffeId(app)]?.methods ?? []);
    const unused = given.filter((method) => !isCalled(method));
    expect(unused.filter((method) => !(method in givenAhead))).toEqual([]);
  });

  it('names each caller as its certificate does', () => {
    for (const [uri, { name }] of Object.values(table).flatMap((callers) => Object.entries(callers))) {
      expect(uri).toMatch(/^spiffe:\/\/bank\/(app|tool|platform)\/[a-z]+$/);
      expect(uri.split('/').at(-1)).toBe(name);
    }
  });

  it('lets auth alone assess sign-ins and list factors, and the notification service alone see contacts', () => {
    const callersOf = (method: string) =>
      Object.values(table)
        .flatMap((callers) => Object.values(callers))
        .filter((caller) => caller.methods.includes(method))
        .map(({ name }) => name);
    expect(callersOf('bank.device.v1.DeviceService/AssessSignIn')).toEqual(['auth']);
    expect(callersOf('bank.mfa.v1.MfaService/ListFactors')).toEqual(['auth']);
    expect(callersOf('bank.user.v1.UserService/GetContact')).toEqual(['notification']);
    expect(callersOf('bank.user.v1.UserService/LookupUser')).toEqual(['admin']);
    expect(new Set(callersOf('bank.data_rights.v1.DataRightsService/EraseUser'))).toEqual(new Set(['profile', 'ops']));
    expect(new Set(callersOf('bank.data_rights.v1.DataRightsService/ExportUserData'))).toEqual(new Set(['profile']));
    for (const method of ['CreateFirstAdmin', 'ImportUsers', 'ExportUsers']) {
      expect(callersOf(`bank.user.v1.UserService/${method}`)).toEqual(['ops']);
    }
  });
});

it('knows which apps an app calls', () => {
  const empty = { auth: {}, profile: {}, mfa: {}, device: {}, admin: {} };
  const caller = { [spiffeId('auth')]: { name: 'auth', methods: [] } };
  expect(appsCalledBy('auth', { ...empty, mfa: caller, device: caller })).toEqual(['mfa', 'device']);
  expect(appsCalledBy('profile', empty)).toEqual([]);
});
