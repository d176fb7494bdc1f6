import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type ErrorCode, type Role, uuidv7 } from '@bank/domain';
import { AuthService } from '@bank/proto/auth';
import { DeviceService, Platform } from '@bank/proto/device';
import { ErrorInfoSchema } from '@bank/proto/errors';
import { MfaService } from '@bank/proto/mfa';
import { AddressType, ProfileService } from '@bank/proto/profile';
import { UserService, UserStatus } from '@bank/proto/user';
import { type TestCertificates, testCertificates } from '@bank/testing';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type ConnectRouter, type HandlerContext } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { afterAll, beforeEach } from 'vitest';
import { type KycCases, kycMethods } from './kyc-neighbour.ts';

/** A call that one of the other apps was given. */
export interface Call {
  readonly method: string;
  readonly request: Readonly<Record<string, unknown>>;
  /** The token of the person behind it, where one was forwarded. */
  readonly token: string | null;
}

/** A user whom the other apps know. */
export interface NeighbourUser {
  readonly email?: string;
  readonly name?: string;
  readonly roles?: readonly Role[];
}

/** The other apps of one test file, spoken to by their real protocol: they answer, refuse, and remember what was asked. */
export interface Neighbours {
  readonly certificates: TestCertificates;
  /** The variables that lead the app to them. */
  readonly env: Readonly<Record<string, string>>;
  readonly calls: Call[];
  readonly users: Map<string, NeighbourUser>;
  /** The KYC cases that `profile` knows. */
  readonly kycCases: KycCases;
  /** What a method refuses every call with, until the next test. */
  readonly refusals: Map<string, ErrorCode>;
  /** What happens before a method answers, until the next test. */
  readonly before: Map<string, () => Promise<void>>;
  callsOf(method: string): readonly Call[];
}

const apps = ['auth', 'mfa', 'profile', 'device'] as const;
type App = (typeof apps)[number];
/** The recovery that waits for staff, whoever is asked about. */
export const waitingRecovery = uuidv7();
const at = timestampFromDate(new Date('2026-03-01T00:00:00Z'));

/** Starts them before the tests of a file; await it at the top. */
export async function startNeighbours(): Promise<Neighbours> {
  const certificates = await testCertificates();
  const state = { calls: [] as Call[], users: new Map(), kycCases: new Map(), refusals: new Map(), before: new Map() };
  const servers = await Promise.all(
    apps.map(async (app) => {
      const server = await serve(certificates, app, (router) => services[app](router, state));
      return [`${app.toUpperCase()}_RPC_URL`, server] as const;
    }),
  );
  const env = servers.map(([name, server]) => [name, `https://localhost:${(server.address() as AddressInfo).port}`]);
  beforeEach(() => {
    state.calls.length = 0;
    state.refusals.clear();
    state.before.clear();
  });
  afterAll(() => {
    for (const [, server] of servers) {
      server.closeAllConnections();
      server.close();
    }
  });
  return {
    ...state,
    certificates,
    env: Object.fromEntries(env),
    callsOf: (method) => state.calls.filter((call) => call.method === method),
  };
}

type State = Pick<Neighbours, 'calls' | 'users' | 'kycCases' | 'refusals' | 'before'>;

async function serve(certificates: TestCertificates, app: string, routes: (router: ConnectRouter) => void) {
  const leaf = await certificates.issue({ name: `neighbour-${app}`, uris: [`spiffe://bank/app/${app}`] });
  const tls = { cert: leaf.cert, key: leaf.key, ca: certificates.ca, requestCert: true, rejectUnauthorized: true };
  const server: Server = createServer(tls, connectNodeAdapter({ routes })).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Takes a call down, and answers or refuses it. */
async function answer<T>(state: State, request: object, context: HandlerContext, reply: () => T): Promise<T> {
  const method = context.method.localName;
  const { $typeName: _type, ...fields } = request as Record<string, unknown>;
  state.calls.push({ method, request: fields, token: context.requestHeader.get('bank-user-token') });
  await state.before.get(method)?.();
  const refusal = state.refusals.get(method);
  if (refusal !== undefined) throw refused(refusal);
  return reply();
}

function refused(code: ErrorCode): ConnectError {
  const info = { code, metadata: {} };
  return new ConnectError('refused', Code.Aborted, undefined, [{ desc: ErrorInfoSchema, value: info }]);
}

function userMessage({ users }: State, userId: string) {
  const user = users.get(userId);
  if (user === undefined) throw refused('user.not_found');
  const { roles = ['customer'] } = user;
  const flags = { emailVerified: true, phoneVerified: false };
  return { userId, status: UserStatus.ACTIVE, roles: [...roles], ...flags, createdAt: at, version: 1n };
}

const services: Readonly<Record<App, (router: ConnectRouter, state: State) => void>> = {
  auth(router, state) {
    router.service(UserService, {
      getUser: (request, context) =>
        answer(state, request, context, () => ({ user: userMessage(state, request.userId) })),
      batchGetUsers: (request, context) =>
        answer(state, request, context, () => {
          const known = request.userIds.filter((id) => state.users.has(id));
          return { users: known.map((id) => userMessage(state, id)) };
        }),
      lookupUser: (request, context) =>
        answer(state, request, context, () => {
          const found = [...state.users].find(([, { email }]) => email === request.identifier.value);
          return { user: userMessage(state, found?.[0] ?? '') };
        }),
      viewUser: (request, context) =>
        answer(state, request, context, () => {
          const email = request.unmask.length > 0 ? 'ada@example.com' : 'a**@example.com';
          return { user: userMessage(state, request.userId), email, locale: 'en' };
        }),
      setUserStatus: (request, context) => answer(state, request, context, () => ({})),
      setRoles: (request, context) => answer(state, request, context, () => ({})),
      resendVerification: (request, context) => answer(state, request, context, () => ({})),
      prepareInvitation: (request, context) => answer(state, request, context, () => ({ invitationId: uuidv7() })),
      viewInvitation: (request, context) =>
        answer(state, request, context, () => ({
          email: request.noteId === '' ? 'g***@bank.example' : 'grace@bank.example',
        })),
      inviteStaff: (request, context) => answer(state, request, context, () => ({})),
    });
    router.service(AuthService, {
      listSessions: (request, context) =>
        answer(state, request, context, () => ({
          sessions: [
            { sessionId: uuidv7(), clientId: 'web', acr: 'aal1', amr: ['pwd'], createdAt: at, lastUsedAt: at },
          ],
        })),
      revokeSessions: (request, context) => answer(state, request, context, () => ({ revokedCount: 1 })),
      startPasswordReset: (request, context) => answer(state, request, context, () => ({})),
      findRecovery: (request, context) => answer(state, request, context, () => ({ recoveryId: waitingRecovery })),
      approveRecovery: (request, context) => answer(state, request, context, () => ({})),
      signApproval: (request, context) =>
        answer(state, request, context, () => ({
          approval: `signed.${request.approvalId}.x`,
          expiresAt: timestampFromDate(new Date(Date.now() + 86_400_000)),
        })),
    });
  },
  mfa(router, state) {
    router.service(MfaService, {
      resetFactors: (request, context) => answer(state, request, context, () => ({ removedCount: 1 })),
    });
  },
  profile(router, state) {
    router.service(ProfileService, {
      listChangeRequests: (request, context) =>
        answer(state, request, context, () => ({
          changeRequests: [{ changeRequestId: uuidv7(), userId: uuidv7(), fields: ['familyName'], createdAt: at }],
          nextCursor: 'more',
        })),
      viewChangeRequest: (request, context) =>
        answer(state, request, context, () => ({
          ...{ status: 'open', reason: 'I married.', createdAt: at },
          changes: [{ field: 'familyName', current: 'Byron', proposed: 'Lovelace' }],
        })),
      decideChangeRequest: (request, context) => answer(state, request, context, () => ({})),
      viewProfile: (request, context) =>
        answer(state, request, context, () => {
          const givenName = request.unmask.includes('givenName') ? 'Ada' : 'A**';
          const addresses = [{ type: AddressType.HOME, lines: ['***'], city: '***', country: '***' }];
          const times = { createdAt: at, updatedAt: at };
          return { profile: { userId: request.userId, version: 1n, givenName, addresses, ...times } };
        }),
      searchProfiles: (request, context) =>
        answer(state, request, context, () => {
          const found = [...state.users].filter(([, { name }]) => name === request.name).map(([userId]) => userId);
          const from = request.cursor === '' ? 0 : found.indexOf(request.cursor) + 1;
          const page = found.slice(from, from + request.limit);
          const nextCursor = from + page.length < found.length ? (page.at(-1) ?? '') : '';
          return { profiles: page.map((userId) => ({ userId, givenName: 'A***', familyName: 'L***' })), nextCursor };
        }),
      ...kycMethods(answer, state),
    });
  },
  device(router, state) {
    router.service(DeviceService, {
      listDevices: (request, context) =>
        answer(state, request, context, () => ({
          devices: [{ deviceId: uuidv7(), platform: Platform.IOS, model: 'iPhone', trusted: true, firstSeenAt: at }],
        })),
    });
  },
};
