import { audiences } from '@bank/domain';
import { AuthService } from '@bank/proto/auth';
import { UserService } from '@bank/proto/user';
import type { DescMethodUnary, DescService } from '@bufbuild/protobuf';
import { ConnectError } from '@connectrpc/connect';
import { beforeAll, describe, expect, it } from 'vitest';
import { routes } from '#transport/http/routes.ts';
import { authRpc } from '#transport/rpc/auth.rpc.ts';
import { userRpc } from '#transport/rpc/user.rpc.ts';
import { register, signIn } from './support/accounts.ts';
import { post, send } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';
import { askPasskey } from './support/passkeys.ts';
import { onBehalfOf, transportAs } from './support/rpc.ts';
import { sharedAuth } from './support/shared-auth.ts';

const auth = await sharedAuth();
const transport = await transportAs(auth, 'admin');

/** All that whoever has half of a sign-in was given, by name. */
const given = new Map<string, string>();

beforeAll(async () => {
  auth.neighbours.factors = [totpFactor];
  const { loginId } = (await signIn(auth, await register(auth))).body;
  const { challengeId } = (await post(auth, '/v1/auth/login/challenge', { loginId, factorId: totpFactor.id })).body;
  const passkey = (await askPasskey(auth)).body;
  given.set('the sign-in', loginId);
  given.set('its challenge', challengeId);
  given.set('the sign-in by a passkey', passkey.loginId);
  given.set('what the passkey signs', passkey.options.challenge);
  expect([...given.values()].every((text) => typeof text === 'string' && text.length > 30)).toBe(true);
});

const guarded = routes.filter(({ access }) => access !== 'public');
const listeners = ['public', 'staff'] as const;
const methodsOf = (service: DescService, { methods }: { methods: Readonly<Record<string, { access: string }>> }) =>
  service.methods.filter(({ localName }) => methods[localName]?.access !== 'service');
const personal = [...methodsOf(UserService, userRpc), ...methodsOf(AuthService, authRpc)];

describe('SR-34 what stands between the two halves of a sign-in opens', () => {
  it.each(guarded.map(({ method, path }) => [method, path] as const))('no %s %s', async (method, path) => {
    for (const [what, token] of given) {
      const target = path.replace(/:\w+/g, token);
      const body = method === 'GET' ? undefined : {};
      const answers = await Promise.all(
        listeners.map((listener) =>
          send(auth, method, target, body, { token, headers: { 'x-bank-listener': listener } }),
        ),
      );
      const codes = answers.map(({ status, body: { code } }) => `${status} ${code}`);
      expect([what, codes]).toEqual([what, expect.arrayContaining(['401 auth.token.invalid'])]);
      expect(['401 auth.token.invalid', '404 request.unknown_route']).toEqual(expect.arrayContaining(codes));
    }
  });

  it.each(personal.map((method) => [`${method.parent.typeName}/${method.name}`, method] as const))(
    'no %s',
    async (_name, method) => {
      for (const [what, token] of given) {
        const call = transport.unary(method as DescMethodUnary, undefined, 5000, onBehalfOf(token).headers, {});
        const refused = await call.then(
          () => 'ok',
          (error: unknown) => ConnectError.from(error).message,
        );
        expect([what, refused]).toEqual([what, expect.stringContaining('unauthenticated')]);
      }
    },
  );

  it('no introspection', async () => {
    for (const token of given.values()) {
      const { message } = await transport.unary(AuthService.method.introspectToken, undefined, 5000, undefined, {
        token,
        audience: audiences.customers,
      });
      expect(message.active).toBe(false);
    }
  });
});
