import { AuthService } from '@bank/proto/auth';
import { UserService } from '@bank/proto/user';
import { fuzzRpc } from '@bank/service-kit/fuzz';
import type { DescService } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { startAuth } from './support/auth.ts';
import { colleague, staffCallers } from './support/colleagues.ts';
import { importCallers } from './support/imports.ts';
import { transportAs } from './support/rpc.ts';

const auth = await startAuth({ callers: { ...staffCallers(), ...importCallers } });

/** What staff are served; each method is tried on behalf of an administrator. */
const served = new Set([
  ...['LookupUser', 'ViewUser', 'SetUserStatus', 'SetRoles', 'ResendVerification', 'GetUser', 'BatchGetUsers'],
  ...['ListSessions', 'RevokeSessions', 'SignApproval', 'IntrospectToken', 'ListRevocations'],
]);

/** What the operator's commands are served. */
const operated = new Set(['ImportUsers', 'ExportUsers']);

function servedOf(service: DescService, names = served): DescService {
  return { ...service, methods: service.methods.filter(({ name }) => names.has(name)) };
}

describe('SR-79, SR-82 every method', () => {
  it('answers whatever it is sent without fault and without repeating it', { timeout: 300_000 }, async () => {
    const codes = await fuzzRpc(await transportAs(auth, 'admin'), [servedOf(UserService), servedOf(AuthService)], {
      headers: async () => (await colleague(auth, 'admin')).asked.headers,
    });
    expect(codes['invalid_argument']).toBeGreaterThan(0);
  });

  it("the operator's are no exception", { timeout: 300_000 }, async () => {
    const codes = await fuzzRpc(await transportAs(auth, 'ops'), [servedOf(UserService, operated)]);
    expect(codes['invalid_argument']).toBeGreaterThan(0);
  });
});
