import { beforeEach, describe, expect, it } from 'vitest';
import { freshEmail, messagesTo, register, registration, signIn } from './support/accounts.ts';
import { changeEmail, templatesTo, verifyEmail } from './support/emails.ts';
import { post } from './support/http.ts';
import { forgot, linksTo } from './support/passwords.ts';
import { accountWithPhone, steppedUpAccount } from './support/phones.ts';
import { linksIn, startRecovery } from './support/recoveries.ts';
import { sharedAuth } from './support/shared-auth.ts';

const auth = await sharedAuth();

beforeEach(() => {
  auth.neighbours.factors = [];
  auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
});

const spellings: readonly (readonly [string, (email: string) => string])[] = [
  ['as it is', (email) => email],
  ['in capitals', (email) => email.toUpperCase()],
  ['in full-width letters', (email) => email.replace(/^u/, '\uff55').replace('@', '\uff20')],
  ['with an ideographic full stop', (email) => email.replace(/\.(?=[^.]*$)/, '\u3002')],
  ['with a trailing dot', (email) => `${email}.`],
];

describe('SR-41 an address is one, however it is spelled', () => {
  it.each(spellings)('%s: it signs in, is sent what it asks for, and nobody else gets it', async (_, spell) => {
    const owner = await register(auth);
    const spelled = spell(owner.email);
    expect((await signIn(auth, { email: spelled })).body.sessionId).toBeDefined();
    await forgot(auth, spelled);
    expect(await linksTo(auth, owner.id)).toHaveLength(1);
    await startRecovery(auth, spelled);
    expect(await linksIn(auth, owner.id, 'account-recovery')).toHaveLength(1);
    const started = await post(auth, '/v1/auth/register', registration(spelled));
    expect(started.status).toBe(202);
    expect(await templatesTo(auth, owner.id)).toContain('registration-attempted');
    const other = await steppedUpAccount(auth);
    expect((await changeEmail(auth, other.accessToken, spelled)).status).toBe(202);
    expect(await templatesTo(auth, owner.id)).toContain('email-change-attempted');
    expect((await messagesTo(auth, spelled)).filter(({ params }) => params['code'] !== undefined)).toEqual([]);
    expect((await verifyEmail(auth, other.accessToken, '000000')).status).toBe(422);
    const digests = await auth.database.query(`select 1 from auth.identifiers where kind = 'email' and user_id = $1`, [
      owner.id,
    ]);
    expect(digests).toHaveLength(1);
  });

  it.each([
    ['as E.164', (phone: string) => phone],
    ['with spaces', (phone: string) => `${phone.slice(0, 3)} ${phone.slice(3, 6)} ${phone.slice(6)}`],
    ['with 00', (phone: string) => `00${phone.slice(1)}`],
    ['with a zero in brackets', (phone: string) => `${phone.slice(0, 3)} (0)${phone.slice(3)}`],
    ['with dashes', (phone: string) => `${phone.slice(0, 3)}-${phone.slice(3, 6)}-${phone.slice(6)}`],
  ])('a number %s: it names its user', async (_, spell) => {
    const owner = await accountWithPhone(auth);
    await forgot(auth, spell(owner.phone));
    expect(await linksTo(auth, owner.id)).toHaveLength(1);
    await startRecovery(auth, spell(owner.phone));
    expect(await linksIn(auth, owner.id, 'account-recovery')).toHaveLength(1);
  });

  it('who changes to another spelling of a free address has all of them', async () => {
    const account = await steppedUpAccount(auth);
    const email = freshEmail();
    const spelled = email.toUpperCase();
    await changeEmail(auth, account.accessToken, spelled);
    const code = (await messagesTo(auth, spelled)).find(({ template }) => template === 'email-code')?.params['code'];
    expect((await verifyEmail(auth, account.accessToken, code ?? '')).status).toBe(200);
    for (const [, spell] of spellings) expect((await signIn(auth, { email: spell(email) })).status).toBe(200);
  });
});
