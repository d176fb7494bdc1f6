import { randomBytes } from 'node:crypto';
import { audiences, uuidv7 } from '@bank/domain';
import { median } from '@bank/test-bed';
import type { Bench, Case } from '#bench.ts';
import { countFor } from '#closed-loop.ts';
import { enrolPasskeys, type PasskeyHolder } from '#holders.ts';
import { type KeptConnections, keptConnections } from '#kept-connections.ts';
import { mfaClient } from '#mfa-client.ts';
import type { Row } from '#row.ts';

const people = 32;
const inFlight = 16;

/** How many passkeys are verified in a second, by mfa alone and as whole sign-ins. Nothing is comparable, so nothing is required. */
export const passkey: Case = {
  name: 'passkey',
  async run(bench) {
    const holders = await enrolPasskeys(bench, people);
    const origin = bench.stack.addresses.gateway;
    let turn = 0;
    const next = () => {
      const holder = holders[turn++ % holders.length];
      if (holder === undefined) throw new Error('nobody has a passkey');
      return holder;
    };
    const mfa = mfaClient(bench);
    const auth = keptConnections(bench.stack.apps.auth.url);
    const { options } = await mfa.startPasskeySignIn({});
    const rpId = options?.rpId ?? '';
    const verify = async () => {
      const challenge = randomBytes(32);
      const given = next().passkeys.get({ challenge: challenge.toString('base64url'), rpId }, origin);
      const assertion = messageOf(given);
      await mfa.verifyPasskeySignIn({ challenge, assertion, audience: audiences.customers, signInId: uuidv7() });
    };
    const rows = [
      await stated(bench, 'RPC VerifyPasskeySignIn', 'verified/s', verify),
      await stated(bench, 'POST /v1/auth/passkey/options, …/verify', 'sign-ins/s', () => signIn(auth, next(), origin)),
    ];
    auth.close();
    return rows;
  },
};

async function stated({ options }: Bench, what: string, unit: string, work: () => Promise<unknown>): Promise<Row> {
  const slice = options.seconds / options.rounds;
  await countFor(slice, inFlight, work);
  const figures: number[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    figures.push((await countFor(slice, inFlight, work)).perSecond);
  }
  const value = median(figures);
  const notes = ['ES256; the assertions are signed by the load generator on the same processors'];
  return { case: 'passkey', what: `${what}, ${inFlight} in flight`, measured: { value, unit }, figure: value, notes };
}

async function signIn(auth: KeptConnections, { person, passkeys }: PasskeyHolder, origin: string): Promise<void> {
  type Asked = { loginId: string; options: Parameters<typeof passkeys.get>[0] };
  const { loginId, options } = await auth.post<Asked>('/v1/auth/passkey/options', 200, {});
  const response = passkeys.get(options, origin);
  await auth.post('/v1/auth/passkey/verify', 200, { loginId, response, device: { secret: person.device.secret } });
}

function messageOf({ rawId, response }: ReturnType<PasskeyHolder['passkeys']['get']>) {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));
  return {
    credentialId: bytes(rawId),
    clientDataJson: bytes(response.clientDataJSON),
    authenticatorData: bytes(response.authenticatorData),
    signature: bytes(response.signature),
    userHandle: bytes(response.userHandle ?? ''),
  };
}
