import { DomainError, parse, UserIdSchema } from '@bank/domain';
import { UserService } from '@bank/proto/user';
import { createConnectTransport } from '@connectrpc/connect-node';
import * as v from 'valibot';
import { afterAll, describe, expect, it } from 'vitest';
import { fuzzRpc } from '#fuzz/index.ts';
import { defineRpc, type RpcMethods, type RpcService, type Service } from '#index.ts';
import { pem } from './support/rpc-world.ts';
import { testService, testTls } from './support/service.ts';

const methods = UserService.methods.map(({ name }) => `bank.user.v1.UserService/${name}`);
const Ids = v.pipe(v.array(UserIdSchema), v.maxLength(100));
const started: Service[] = [];
afterAll(() => Promise.all(started.map((service) => service.stop())));

const refusing = { access: 'service', handle: async () => Promise.reject(new DomainError('user.not_found')) } as const;
const rest = Object.fromEntries(UserService.methods.map(({ localName }) => [localName, refusing]));

const careful = {
  ...(rest as unknown as RpcMethods<null, typeof UserService>),
  getUser: {
    access: 'service',
    async handle(_ctx, { userId }) {
      parse(UserIdSchema, userId);
      throw new DomainError('user.not_found');
    },
  },
  batchGetUsers: {
    access: 'service',
    async handle(_ctx, { userIds }) {
      parse(Ids, userIds);
      return { users: [] };
    },
  },
  getContact: { access: 'service', handle: async () => ({}) },
} satisfies RpcMethods<null, typeof UserService>;

async function transportTo(rpc: RpcService<null>) {
  const tls = await testTls({ 'spiffe://bank/app/fuzz': { name: 'fuzz', methods } });
  const service = await testService({ context: null, rpc: [rpc], timings: { inFlightMs: 100 } }, tls);
  await service.start();
  started.push(service);
  const nodeOptions = pem(await tls.identity('fuzz'));
  return createConnectTransport({ baseUrl: `https://localhost:${service.rpcPort}`, httpVersion: '2', nodeOptions });
}

describe('fuzzRpc', () => {
  it('finds nothing in methods that parse what they take', { timeout: 300_000 }, async () => {
    const transport = await transportTo(defineRpc<null, typeof UserService>(UserService, careful));
    const counts = await fuzzRpc(transport, [UserService], { runsPerMethod: 100 });
    expect(Object.keys(counts)).toEqual(expect.arrayContaining(['ok', 'invalid_argument', 'not_found']));
  });

  it('finds a crash', async () => {
    const faulty = {
      ...careful.getUser,
      handle: async (_ctx: null, { userId }: { userId: string }) => JSON.parse(userId),
    };
    const transport = await transportTo(
      defineRpc<null, typeof UserService>(UserService, { ...careful, getUser: faulty }),
    );
    await expect(fuzzRpc(transport, [UserService])).rejects.toThrow(/GetUser answered internal/);
  });
});
