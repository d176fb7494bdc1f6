import { uuidv7 } from '@bank/domain';
import { UserStatus } from '@bank/proto/user';
import { password } from '../support/accounts.ts';
import { origin, type TestAuth } from '../support/auth.ts';
import type { StaffClients } from '../support/colleagues.ts';
import { revertEmail, verifyEmail } from '../support/emails.ts';
import { type Answer, get, post, send } from '../support/http.ts';
import { passkeyOf, verifyPasskey } from '../support/passkeys.ts';
import { reset } from '../support/passwords.ts';
import { verifyPhone } from '../support/phones.ts';
import { cancelRecovery, completeRecovery } from '../support/recoveries.ts';
import { onBehalfOf } from '../support/rpc.ts';
import { activate } from '../support/staff.ts';
import { answerWith, payment } from '../support/transactions.ts';
import type { Keychain, Kind } from './secrets.ts';

/** Where a token or secret is taken, which kinds it takes, and whether it took this one. */
export interface Place {
  readonly takes: readonly Kind[];
  /** What it takes is spent there, and another place spends it too. */
  readonly alsoSpentElsewhere?: true;
  offer(chain: Keychain, secret: string): Promise<boolean>;
}

type Clients = StaffClients & { readonly payments: StaffClients['sessions'] };

const refreshPath = '/v1/auth/token/refresh';
const login = ({ account }: Keychain, changes: object = {}) => ({ identifier: account.email, password, ...changes });
const isGood = ({ status }: { status: number }) => status < 300;
const isAnswered = (call: Promise<unknown>) =>
  call.then(
    () => true,
    () => false,
  );

/** Every place of the REST and the RPC side that takes one. */
export function placesOf(auth: TestAuth, clients: Clients): Readonly<Record<string, Place>> {
  return {
    ...tokenPlaces(auth),
    ...refreshPlaces(auth),
    ...rpcPlaces(clients),
    ...transactionPlaces(auth, clients),
    ...stepPlaces(auth),
    ...codePlaces(auth),
  };
}

function tokenPlaces(auth: TestAuth): Record<string, Place> {
  const everybody: readonly Kind[] = ['access token', 'staff access token', 'enrolment token'];
  return {
    'a bearer token': {
      takes: everybody,
      offer: async (_chain, secret) => isGood(await get(auth, '/v1/auth/session', secret)),
    },
    'a bearer token of a route that enrolment does not open': {
      takes: ['access token', 'staff access token'],
      offer: async (_chain, secret) => isGood(await get(auth, '/v1/auth/me', secret)),
    },
    'a token that is bound to a key': {
      takes: ['bound access token'],
      offer: async ({ bound }, secret) => isGood(await bound.send('GET', '/v1/auth/session', secret)),
    },
    'the proof of a bound token': {
      takes: ['proof for a token'],
      offer: async ({ secrets }, secret) => {
        const headers = { authorization: `DPoP ${secrets['bound access token']}`, dpop: secret };
        return isGood(await send(auth, 'GET', '/v1/auth/session', undefined, { headers }));
      },
    },
    'the proof of a sign-in': {
      takes: ['proof of possession'],
      offer: async (chain, secret) =>
        isGood(await post(auth, '/v1/auth/login', login(chain, { clientId: 'mobile' }), { headers: { dpop: secret } })),
    },
    'the nonce of a proof': {
      takes: ['nonce of proofs'],
      offer: async (chain, secret) => {
        const headers = chain.bound.headers('POST', '/v1/auth/login', undefined, { nonce: secret });
        return isGood(await post(auth, '/v1/auth/login', login(chain, { clientId: 'mobile' }), { headers }));
      },
    },
    'the question of a gateway': {
      takes: ['access token'],
      offer: async (_chain, secret) => isGood(await get(auth, '/authorize?audience=user-service', secret)),
    },
  };
}

function refreshPlaces(auth: TestAuth): Record<string, Place> {
  // The sign-in goes on without a device that is known; its session ends at once, or it would push out one of the ten.
  const isKnown = async (answer: Answer) => {
    if (!isGood(answer)) return false;
    const given = answer.headers.getSetCookie().some((cookie) => cookie.startsWith('__Secure-device='));
    await post(auth, '/v1/auth/logout', undefined, { token: answer.body.accessToken });
    return answer.body.device?.secret === undefined && !given;
  };
  return {
    'a refresh token': {
      takes: ['refresh token'],
      offer: async (_chain, refreshToken) => isGood(await post(auth, refreshPath, { refreshToken })),
    },
    'a refresh token with a proof': {
      takes: ['refresh token', 'refresh token of a bound session'],
      alsoSpentElsewhere: true,
      offer: async ({ bound }, refreshToken) => isGood(await bound.post(refreshPath, { refreshToken })),
    },
    'the refresh cookie': {
      takes: ['refresh token of a page'],
      offer: async (_chain, secret) =>
        isGood(await post(auth, refreshPath, {}, { headers: { origin, cookie: `__Secure-refresh=${secret}` } })),
    },
    'the secret of a device': {
      takes: ['device secret'],
      offer: async (chain, secret) => isKnown(await post(auth, '/v1/auth/login', login(chain, { device: { secret } }))),
    },
    'the device cookie': {
      takes: ['device secret'],
      offer: async (chain, secret) => {
        const headers = { origin, cookie: `__Secure-device=${secret}` };
        return isKnown(await post(auth, '/v1/auth/login', login(chain, { clientId: 'browser' }), { headers }));
      },
    },
  };
}

function transactionPlaces(auth: TestAuth, { payments }: Clients): Record<string, Place> {
  return {
    'the question about a transaction': {
      takes: ['transaction challenge id'],
      offer: async ({ account }, challengeId) => isGood(await answerWith(auth, account, challengeId)),
    },
    'the token of a transaction': {
      takes: ['transaction token'],
      offer: ({ account }, token) =>
        isAnswered(payments.consumeTransactionToken({ token, ...payment }, onBehalfOf(account.accessToken))),
    },
  };
}

function rpcPlaces({ sessions, users }: Clients): Record<string, Place> {
  return {
    'the token of an introspection': {
      takes: ['access token', 'bound access token'],
      offer: async (_chain, token) =>
        (await sessions.introspectToken({ token, audience: 'user-service' }).catch(() => ({ active: false }))).active,
    },
    'a forwarded token': {
      takes: ['staff access token'],
      offer: ({ account }, secret) => isAnswered(sessions.listSessions({ userId: account.id }, onBehalfOf(secret))),
    },
    'a cursor of staff': {
      takes: ['cursor of staff'],
      offer: ({ account, checker }, cursor) =>
        isAnswered(sessions.listSessions({ userId: account.id, limit: 1, cursor }, checker.asked)),
    },
    'an approval': {
      takes: ['approval'],
      offer: ({ closing, checker }, approval) => {
        const request = { userId: closing, status: UserStatus.CLOSED, noteId: uuidv7(), approval };
        return isAnswered(users.setUserStatus(request, checker.asked));
      },
    },
    'the approval of a recovery': {
      takes: ['approval of a recovery'],
      offer: ({ recovering: { userId, recoveryId, decider } }, approval) =>
        isAnswered(sessions.approveRecovery({ userId, recoveryId, noteId: uuidv7(), approval }, decider.asked)),
    },
  };
}

/** Steps of something that goes on over several requests. */
function stepPlaces(auth: TestAuth): Record<string, Place> {
  const registered = (request: object) => post(auth, '/v1/auth/register/verify', request);
  const completed = (request: object) => post(auth, '/v1/auth/login/verify', request);
  return {
    'a cursor': {
      takes: ['cursor'],
      offer: async ({ account }, secret) =>
        isGood(await get(auth, `/v1/auth/sessions?limit=1&cursor=${encodeURIComponent(secret)}`, account.accessToken)),
    },
    'a link for another password': {
      takes: ['reset token'],
      offer: async (_chain, secret) => isGood(await reset(auth, secret)),
    },
    'an activation link': {
      takes: ['activation token'],
      offer: async (_chain, secret) => isGood(await activate(auth, secret)),
    },
    'a link that puts an address back': {
      takes: ['token that puts an address back'],
      offer: async (_chain, secret) => isGood(await revertEmail(auth, secret)),
    },
    'a link that recovers an account': {
      takes: ['recovery token'],
      offer: async (_chain, secret) => isGood(await completeRecovery(auth, secret)),
    },
    'a link that ends a recovery': {
      takes: ['token that ends a recovery'],
      offer: async (_chain, secret) => isGood(await cancelRecovery(auth, secret)),
    },
    'the id of a registration': {
      takes: ['registration id'],
      offer: async ({ secrets }, registrationId) =>
        isGood(await registered({ registrationId, code: secrets['registration code'] })),
    },
    'the code of a registration': {
      takes: ['registration code'],
      alsoSpentElsewhere: true,
      offer: async ({ registrationId }, code) => isGood(await registered({ registrationId, code })),
    },
    'the id of a sign-in': {
      takes: ['login id'],
      offer: async ({ challengeId, secrets }, loginId) =>
        isGood(await completed({ loginId, challengeId, response: { code: secrets['emailed code'] } })),
    },
    'the id of a challenge': {
      takes: ['challenge id'],
      alsoSpentElsewhere: true,
      offer: async ({ loginId, secrets }, challengeId) =>
        isGood(await completed({ loginId, challengeId, response: { code: secrets['emailed code'] } })),
    },
    'the code of a sign-in': {
      takes: ['emailed code'],
      alsoSpentElsewhere: true,
      offer: async ({ loginId, challengeId }, code) =>
        isGood(await completed({ loginId, challengeId, response: { code } })),
    },
    'a sign-in by a passkey': {
      takes: ['login id of a passkey'],
      offer: async ({ account }, loginId) => {
        auth.neighbours.passkey = passkeyOf(account);
        return isGood(await verifyPasskey(auth, { loginId }));
      },
    },
  };
}

/** Codes that prove another address or number. */
function codePlaces(auth: TestAuth): Record<string, Place> {
  return {
    'the code of an address': {
      takes: ['code of an address'],
      offer: async ({ mover }, code) => isGood(await verifyEmail(auth, mover.accessToken, code)),
    },
    'the code of a number': {
      takes: ['code of a number'],
      offer: async ({ mover }, code) => isGood(await verifyPhone(auth, mover.accessToken, code)),
    },
  };
}
