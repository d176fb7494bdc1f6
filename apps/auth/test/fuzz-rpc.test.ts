import { AuthService } from '@bank/proto/auth';
import { UserService } from '@bank/proto/user';
import { fuzzRpc } from '@bank/service-kit/fuzz';
import { describe, expect, it } from 'vitest';
import { startAuth } from './support/auth.ts';
import { colleague, staffCallers } from './support/colleagues.ts';
import { importCallers } from './support/imports.ts';
import { transportAs } from './support/rpc.ts';

const auth = await startAuth({ callers: { ...staffCallers(), ...importCallers } });

describe('SR-79, SR-82 every method', () => {
  it('answers whatever it is sent without fault and without repeating it', { timeout: 300_000 }, async () => {
    // On behalf of an administrator, one for each method: what ends sessions ends theirs too.
    const codes = await fuzzRpc(await transportAs(auth, 'admin'), [UserService, AuthService], {
      headers: async () => (await colleague(auth, 'admin')).asked.headers,
    });
    expect(codes['invalid_argument']).toBeGreaterThan(0);
  });

  it("the operator's are no exception", { timeout: 300_000 }, async () => {
    const operated = { ...UserService, methods: [UserService.method.importUsers] };
    const codes = await fuzzRpc(await transportAs(auth, 'ops'), [operated]);
    expect(codes['invalid_argument']).toBeGreaterThan(0);
  });
});
