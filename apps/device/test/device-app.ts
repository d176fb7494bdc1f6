import { audiences } from '@bank/composition';
import {
  type AppUnderTest,
  rpcNeighbour,
  sharedApp,
  sharedNeighbour,
  type TestApp,
  type TokenOptions,
  testApp,
} from '@bank/composition/testing';
import { AuthService, type RevokeSessionsRequest } from '@bank/proto/auth';
import { DeviceService } from '@bank/proto/device';
import { ErrorInfoSchema } from '@bank/proto/errors';
import { MfaService } from '@bank/proto/mfa';
import { UserService } from '@bank/proto/user';
import { testCertificates } from '@bank/testing';
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import { beforeAll } from 'vitest';
import { loadConfig } from '#config.ts';
import { type AppContext, createContext } from '#context.ts';
import { createService } from '#service.ts';
import { entities } from '#storage/entities.ts';
import { migrations } from '../migrations/index.ts';

export const auth = 'spiffe://bank/app/auth';
export const admin = 'spiffe://bank/app/admin';
/** A caller of every method, as no app is: for the fuzz test. */
export const everything = 'spiffe://bank/app/everything';

const methods = (...names: string[]) => names.map((name) => `${DeviceService.typeName}/${name}`);
const forStaff = { audiences: [audiences.staff] };

const ofAuth = ['AssessSignIn', 'StartKeyApproval', 'VerifyKeyApproval'];

const callers = {
  [auth]: { name: 'auth', methods: methods(...ofAuth) },
  [admin]: { ...forStaff, name: 'admin', methods: methods('ListDevices', 'RevokeDevice') },
  [everything]: { ...forStaff, name: 'auth', methods: methods(...ofAuth, 'ListDevices', 'RevokeDevice') },
};

/** What auth was asked to end, with the token of the person who asked. A test may take auth away, and say who a user is. */
export interface AuthStandIn {
  away: boolean;
  /** Of every user that auth is asked about; none knows no user. */
  roles: string[];
  readonly asked: { request: RevokeSessionsRequest; token: string | null }[];
}

/** What mfa says of every session that it is asked about, and the tokens it was asked with. A test may take mfa away. */
export interface MfaStandIn {
  away: boolean;
  /** The level that the factors of everybody give, where the session does not reach it. */
  wanted: 'aal3' | undefined;
  readonly asked: (string | null)[];
  /** When it was asked last. */
  judgedAt: Date | undefined;
}

export interface DeviceApp extends TestApp<AppContext> {
  readonly authStandIn: AuthStandIn;
  readonly mfaStandIn: MfaStandIn;
}

const parts = {
  service: 'device' as const,
  entities,
  migrations,
  callers,
  loadConfig,
  createContext,
  createService,
};

/** The device app of one test file, started on services of its own, with an auth beside it that ends sessions and an mfa. Other settings go into `env`. */
export async function ownDeviceApp(changes: Pick<AppUnderTest, 'env'> = {}): Promise<DeviceApp> {
  const certificates = await testCertificates();
  const [authStandIn, mfaStandIn] = [standIn(), mfaToAsk()];
  const env = {
    AUTH_RPC_URL: await rpcNeighbour(certificates, 'auth', routesOf(authStandIn)),
    MFA_RPC_URL: await rpcNeighbour(certificates, 'mfa', mfaRoutesOf(mfaStandIn)),
    ...changes.env,
  };
  return Object.assign(testApp({ ...parts, certificates, env }), { authStandIn, mfaStandIn });
}

const sharedStandIn = standIn();
const sharedMfa = mfaToAsk();

/** The device app, shared with other test files, with an auth and an mfa beside it that are again as they were when a file begins. */
export async function deviceApp(): Promise<DeviceApp> {
  const app = sharedApp('device', async () => {
    const certificates = await testCertificates();
    const env = {
      AUTH_RPC_URL: await sharedNeighbour(certificates, 'auth', routesOf(sharedStandIn)),
      MFA_RPC_URL: await sharedNeighbour(certificates, 'mfa', mfaRoutesOf(sharedMfa)),
    };
    return { ...parts, certificates, env };
  });
  beforeAll(() => {
    sharedStandIn.asked.length = 0;
    sharedMfa.asked.length = 0;
    Object.assign(sharedMfa, { ...mfaToAsk(), asked: sharedMfa.asked });
    Object.assign(sharedStandIn, { ...standIn(), asked: sharedStandIn.asked });
  });
  return Object.assign(app, { authStandIn: sharedStandIn, mfaStandIn: sharedMfa });
}

function mfaToAsk(): MfaStandIn {
  return { away: false, wanted: undefined, asked: [], judgedAt: undefined };
}

function mfaRoutesOf(mfa: MfaStandIn): (router: ConnectRouter) => void {
  return (router) => {
    router.service(MfaService, {
      checkFactorChange(_request, { requestHeader }) {
        if (mfa.away) throw new ConnectError('away', Code.Unavailable);
        mfa.asked.push(requestHeader.get('bank-user-token'));
        mfa.judgedAt = new Date();
        if (mfa.wanted === undefined) return {};
        const metadata = { acr: mfa.wanted, maxAgeSeconds: '300' };
        const info = { desc: ErrorInfoSchema, value: { code: 'auth.step_up.required', metadata } };
        throw new ConnectError('step up', Code.PermissionDenied, undefined, [info]);
      },
    });
  };
}

function standIn(): AuthStandIn {
  return { away: false, roles: ['customer'], asked: [] };
}

function routesOf(standIn: AuthStandIn): (router: ConnectRouter) => void {
  const answer = <T>(reply: T): T => {
    if (standIn.away) throw new ConnectError('away', Code.Unavailable);
    return reply;
  };
  return (router) => {
    router.service(AuthService, {
      revokeSessions(request, { requestHeader }) {
        if (!standIn.away) standIn.asked.push({ request, token: requestHeader.get('bank-user-token') });
        return answer({ revokedCount: 1 });
      },
    });
    router.service(UserService, {
      getUser({ userId }) {
        if (standIn.roles.length > 0) return answer({ user: { userId, roles: standIn.roles } });
        const info = { desc: ErrorInfoSchema, value: { code: 'user.not_found' } };
        throw new ConnectError('not found', Code.NotFound, undefined, [info]);
      },
    });
  };
}

/** What has left through the outbox about a user: `destination type`, oldest first. */
export async function toldOf(app: DeviceApp, userId: string): Promise<string[]> {
  const rows = await app.database.query<{ told: string }>(
    `select destination || ' ' || coalesce(data->>'action', data->>'template', type) as told from device.outbox
     where subject = $1 order by id`,
    [userId],
  );
  return rows.map(({ told }) => told);
}

/** A token of a member of staff whose session is at `aal2`. */
export function staffToken(app: DeviceApp, changes: TokenOptions = {}): string {
  return app.issuer.token({ roles: ['support'], acr: 'aal2', audience: audiences.staff, ...changes });
}
