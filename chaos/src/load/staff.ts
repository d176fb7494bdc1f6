import { dirname, join } from 'node:path';
import type { Addresses, Stack } from '@bank/scripts/stack';
import { freshEmail, freshPassword } from '@bank/test-bed';
import {
  type CreationOptions,
  type RequestOptions,
  type SoftwareAuthenticator,
  softwareAuthenticator,
} from '@bank/testing/webauthn';
import { type Exchange, GatewayClient, type Sent } from '#load/gateway-client.ts';
import type { Journal } from '#load/journal.ts';
import { runOperator } from '#operator.ts';
import { inTime } from '#pause.ts';

const clientId = 'staff-console';
const appearsWithinMs = 30_000;

/** A member of staff at the console, for whom all clients act. */
export interface Member {
  /** One request; undefined when they could not sign in, so that nothing was asked. */
  send(method: string, route: string, sent: Sent): Promise<Exchange | undefined>;
}

/** Two administrators: what one asks for, the other approves. */
export interface Staff {
  readonly first: Member;
  readonly second: Member;
}

/** Makes the administrators of a stack, as an operator and two people do. @throws Error naming the step that went another way */
export async function hireStaff(stack: Pick<Stack, 'addresses'>, journal: Journal): Promise<Staff> {
  return { first: await hire(stack, journal), second: await hire(stack, journal) };
}

async function hire({ addresses }: Pick<Stack, 'addresses'>, journal: Journal): Promise<Member> {
  const client = new GatewayClient(addresses.staff, journal);
  const passkeys = softwareAuthenticator({ isSynced: true });
  await enrol(client, passkeys, addresses);
  let token: string | undefined;
  let signingIn: Promise<void> | undefined;
  const renew = async () => {
    token = await signIn(client, passkeys, addresses.staff);
    signingIn = undefined;
  };
  return {
    async send(method, route, sent) {
      for (let round = 0; round < 2; round += 1) {
        if (token === undefined) {
          signingIn ??= renew();
          await signingIn;
        }
        const shown = token;
        if (shown === undefined) return undefined;
        const answer = await client.send(method, route, { ...sent, token: shown });
        if (!isTooOld(answer)) return answer;
        if (token === shown) token = undefined;
      }
      return undefined;
    },
  };
}

/** The token has ended, or the sign-in is too long ago for what was asked. */
function isTooOld({ status, body }: Exchange): boolean {
  return status === 401 || (status === 403 && (body as { code?: string }).code === 'auth.step_up.required');
}

/** The link of an operator, a password, and a passkey, for which alone the first session is good. */
async function enrol(client: GatewayClient, passkeys: SoftwareAuthenticator, addresses: Addresses): Promise<void> {
  const activationToken = new URLSearchParams(new URL(await activationLink(addresses)).hash.slice(1)).get('token');
  const body = { activationToken, password: freshPassword() };
  const { accessToken: token } = done<{ accessToken: string }>(
    await client.send('POST', '/v1/auth/activate', { body }),
    'an activation',
  );
  const label = { label: 'My phone' };
  let begun: Exchange | undefined;
  await inTime(async () => {
    begun = await client.send('POST', '/v1/mfa/webauthn/options', { token, body: label });
    return begun.status === 201;
  }, appearsWithinMs);
  const { factorId, options } = done<{ factorId: string; options: CreationOptions }>(begun, 'a passkey');
  const response = passkeys.create(options, addresses.staff);
  done(await client.send('POST', '/v1/mfa/webauthn', { token, body: { factorId, response } }), 'a passkey');
}

/** The access token; undefined where it could not be had, as while `mfa` is away. */
async function signIn(
  client: GatewayClient,
  passkeys: SoftwareAuthenticator,
  origin: string,
): Promise<string | undefined> {
  const asked = await client.send('POST', '/v1/auth/passkey/options', { body: { clientId } });
  if (asked.status !== 200) return undefined;
  const { loginId, options } = asked.body as { loginId: string; options: RequestOptions };
  const body = { loginId, clientId, response: passkeys.get(options, new URL(origin).origin) };
  const answer = await client.send('POST', '/v1/auth/passkey/verify', { body });
  return answer.status === 200 ? (answer.body as { accessToken: string }).accessToken : undefined;
}

/** `pnpm ops admin create`, by which the first two administrators of a stack come to it. */
async function activationLink({ apps, tls }: Addresses): Promise<string> {
  const own = (ending: string) => join(dirname(tls.ca), `ops.${ending}`);
  const where = ['--auth-url', apps.auth.rpc, '--ca', tls.ca, '--cert', own('pem'), '--key', own('key')];
  const { status, printed } = await runOperator({}, 'admin', 'create', ...where, '--email', freshEmail());
  if (status !== 0) throw new Error(`"pnpm ops admin create" says: ${printed.trim()}`);
  return printed.split('\n', 1)[0] ?? '';
}

function done<T>(answer: Exchange | undefined, what: string): T {
  if (answer !== undefined && answer.status >= 200 && answer.status < 300) return answer.body as T;
  throw new Error(`${what} of staff was answered with ${answer?.status}`);
}
