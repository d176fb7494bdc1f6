import { randomInt } from 'node:crypto';
import { canary } from '@bank/scripts/canaries';
import type { Stack } from '@bank/scripts/stack';
import { Authenticator } from '@bank/test-bed';
import { type Account, acceptedTerms, type Place, registerAccount, type Tokens } from '#account.ts';
import { type Exchange, expectStatus, GatewayClient } from '#client.ts';
import { codeIn, waitForMessage } from '#inbox.ts';
import { activationLink, activationTokenOf } from '#operator.ts';
import { enrolPasskey, newPhone } from '#passkeys.ts';
import { asOwner } from '../support/database.ts';
import { type Enrolled, giveRoles, signInAtConsole } from '../support/people.ts';
import type { Canaries } from './fields.ts';
import { proveIdentity } from './kyc-journey.ts';

const arrivesMs = 10_000;
const isOk = ({ status }: Exchange) => status === 200;

/** What people really do, every word of theirs a canary, and what becomes of it when it fails. */
export class Journeys {
  readonly #stack: Stack;
  readonly #canaries: Canaries;
  readonly #place: Place;
  readonly #console: GatewayClient;

  constructor(stack: Stack, canaries: Canaries) {
    const { gateway, sandbox, staff } = stack.addresses;
    this.#stack = stack;
    this.#canaries = canaries;
    this.#place = { client: new GatewayClient(gateway, (exchange) => this.#keep(exchange)), inboxUrl: sandbox.http };
    this.#console = new GatewayClient(staff, (exchange) => this.#keep(exchange));
  }

  /** Everything that a request or an answer holds under the name of a secret; of a token what nobody may know. */
  #keep({ requestBody, body }: Exchange): void {
    for (const [name, value] of [...secretsIn(requestBody), ...secretsIn(body)]) {
      this.#canaries.keep(name, value.slice(value.lastIndexOf('.') + 1));
    }
  }

  /** Registers, with a device and a profile that could be anybody's. */
  async register(): Promise<Account> {
    const { client, inboxUrl } = this.#place;
    const email = this.#canaries.email('registered');
    const phone = this.#canaries.phone();
    const device = { name: canary('devicename'), model: canary('model'), platform: 'ios', appVersion: '1.2.3' };
    const account = await registerAccount(this.#place, { email, phone, device });
    this.#canaries.keep('code', codeIn(await waitForMessage(inboxUrl, email, 'registration-code')));
    const token = account.accessToken;
    const profile = await client.sendUntil(isOk, arrivesMs, 'GET', '/v1/profile', { token });
    const headers = { 'if-match': profile.headers.get('etag') ?? '' };
    const body = {
      givenName: canary('given'),
      middleName: canary('middle'),
      familyName: canary('family'),
      preferredName: canary('preferred'),
      occupation: canary('occupation'),
      dateOfBirth: this.#canaries.dateOfBirth(),
      nationality: 'GH',
      gender: 'self_described',
      genderDescription: canary('gender'),
      taxResidencies: [{ country: 'DE', noTinReason: 'unobtainable', explanation: canary('explanation') }],
    };
    const patched = await client.send('PATCH', '/v1/profile', { token, body, headers });
    expectStatus(patched, 200);
    expectStatus(await client.send('PATCH', '/v1/profile', { token, body, headers }), 412);
    const home = { lines: [canary('street')], city: canary('city'), country: 'GH' };
    const address = { token, body: home, headers: { 'if-match': patched.headers.get('etag') ?? '' } };
    expectStatus(await client.send('PUT', '/v1/profile/addresses/home', address), 200);
    return account;
  }

  /** Enrols an authenticator app, is given recovery codes, names the device. */
  async enrol(account: Account): Promise<Enrolled & { readonly token: string }> {
    const { client } = this.#place;
    const isThere = ({ status }: Exchange) => status === 201;
    const body = { label: canary('label') };
    const begun = await client.sendUntil(isThere, arrivesMs, 'POST', '/v1/mfa/totp', {
      token: account.accessToken,
      body,
    });
    const { factorId, secret } = expectStatus<{ factorId: string; secret: string }>(begun, 201);
    const app = new Authenticator(secret);
    const token = account.accessToken;
    const confirmation = { token, body: { code: await app.nextCode() } };
    expectStatus(await client.send('POST', `/v1/mfa/totp/${factorId}/confirm`, confirmation), 200);
    const asked = await client.send('POST', '/v1/auth/step-up/challenge', { token, body: { factorId } });
    const { challengeId } = expectStatus<{ challengeId: string }>(asked, 200);
    const proof = { challengeId, response: { code: await app.nextCode() } };
    const stepped = await client.send('POST', '/v1/auth/step-up/verify', { token, body: proof });
    const { accessToken } = expectStatus<Tokens>(stepped, 200);
    expectStatus(await client.send('POST', '/v1/mfa/recovery-codes', { token: accessToken }), 201);
    await this.#renameDevice(accessToken, account.device.id, 200);
    await this.#linkAccounts(accessToken);
    await proveIdentity(client, accessToken);
    return { account, factorId, app, token: accessToken };
  }

  /** A bank account and an account at a biller that are known under the names of the profile, and one that is not. */
  async #linkAccounts(token: string): Promise<void> {
    const { client, inboxUrl } = this.#place;
    // The last two digits decide what the sandbox answers.
    const number = (name: string) => this.#canaries.keep(name, `${randomInt(1e7, 1e8)}00`);
    const [accountNumber, customerNumber, another] = [number('account'), number('customer'), number('another account')];
    const profile = await client.send('GET', '/v1/profile', { token });
    const { givenName, middleName, familyName } = expectStatus<Record<string, string>>(profile, 200);
    const body = JSON.stringify({ name: `${familyName} ${givenName} ${middleName}` });
    for (const own of [accountNumber, customerNumber]) {
      const headers = { 'content-type': 'application/json' };
      await fetch(new URL(`/api/holders/${own}`, inboxUrl), { method: 'PUT', headers, body });
    }
    const bank = { country: 'NG', bankCode: '044' };
    const biller = { country: 'NG', category: 'UTILITYBILLS', billerCode: 'BIL113', itemCode: 'UB159' };
    const link = (path: string, body: object) => client.send('POST', `/v1/profile/${path}`, { token, body });
    expectStatus(await link('bank-accounts', { ...bank, accountNumber }), 201);
    expectStatus(await link('bank-accounts', { ...bank, accountNumber: another }), 422);
    expectStatus(await link('biller-accounts', { ...biller, customerNumber, label: canary('meter') }), 201);
  }

  async #renameDevice(token: string, id: string, status: number): Promise<void> {
    const { client } = this.#place;
    const found = await client.sendUntil(isOk, arrivesMs, 'GET', `/v1/devices/${id}`, { token });
    const headers = { 'if-match': found.headers.get('etag') ?? '' };
    const body = { name: canary('rename') };
    expectStatus(await client.send('PATCH', `/v1/devices/${id}`, { token, headers, body }), status);
  }

  /** A new number, a forgotten password, and everything that can be mistaken about a password. */
  async recover({ account, token }: { readonly account: Account; readonly token: string }): Promise<Account> {
    const { client, inboxUrl } = this.#place;
    const phone = this.#canaries.phone();
    expectStatus(await client.send('POST', '/v1/auth/phone/change', { token, body: { phone } }), 202);
    const [newest] = await this.#textsTo(phone);
    const code = this.#canaries.keep('phone code', /\b\d{6}\b/.exec(newest ?? '')?.[0] ?? 'no code came');
    expectStatus(await client.send('POST', '/v1/auth/phone/verify', { token, body: { code } }), 200);
    const identifier = account.email;
    const wrong = { currentPassword: canary('wrong'), newPassword: canary('newpassword') };
    await client.send('POST', '/v1/auth/password/change', { token, body: wrong });
    await client.send('POST', '/v1/auth/login', { body: { identifier, password: canary('wrong') } });
    await client.send('POST', '/v1/auth/register', {
      body: { email: identifier, password: canary('taken'), acceptedTerms },
    });
    await this.#changeEmailAndBack(identifier, token);
    await this.#beginRecoveryAndEndIt(identifier);
    expectStatus(await client.send('POST', '/v1/auth/password/forgot', { body: { identifier } }), 202);
    const link = await waitForMessage(inboxUrl, identifier, 'password-reset');
    const resetToken = /token=([\w.-]+)/.exec(link.text)?.[1] ?? 'no link came';
    const password = `${canary('password')} correct horse`;
    const reset = { token: this.#canaries.keep('reset', resetToken), password };
    expectStatus(await client.send('POST', '/v1/auth/password/reset', { body: reset }), 204);
    return { ...account, password };
  }

  /** Another address, and the link that puts the one before back. */
  async #changeEmailAndBack(before: string, token: string): Promise<void> {
    const { client, inboxUrl } = this.#place;
    const email = this.#canaries.email('changed');
    expectStatus(await client.send('POST', '/v1/auth/email/change', { token, body: { email } }), 202);
    const code = this.#canaries.keep('email code', codeIn(await waitForMessage(inboxUrl, email, 'email-code')));
    expectStatus(await client.send('POST', '/v1/auth/email/verify', { token, body: { code } }), 200);
    const link = this.#tokenOf(await waitForMessage(inboxUrl, before, 'email-replaced'));
    expectStatus(await client.send('POST', '/v1/auth/email/revert', { body: { token: link } }), 204);
  }

  /** All factors lost, and found again. */
  async #beginRecoveryAndEndIt(identifier: string): Promise<void> {
    const { client, inboxUrl } = this.#place;
    expectStatus(await client.send('POST', '/v1/auth/recovery', { body: { identifier } }), 202);
    const token = this.#tokenOf(await waitForMessage(inboxUrl, identifier, 'account-recovery'));
    const guessed = { token, recoveryCode: canary('recoverycode') };
    expectStatus(await client.send('POST', '/v1/auth/recovery/complete', { body: guessed }), 422);
    expectStatus(await client.send('POST', '/v1/auth/recovery/complete', { body: { token } }), 200);
    const wayOut = this.#tokenOf(await waitForMessage(inboxUrl, identifier, 'recovery-in-review'));
    expectStatus(await client.send('POST', '/v1/auth/recovery/cancel', { body: { token: wayOut } }), 204);
  }

  #tokenOf({ text }: { readonly text: string }): string {
    return this.#canaries.keep('link', /token=([\w.-]+)/.exec(text)?.[1] ?? 'no link came');
  }

  /** Waited for, newest first. */
  async #textsTo(phone: string): Promise<string[]> {
    const deadline = performance.now() + arrivesMs;
    for (;;) {
      const url = new URL(`/api/messages?channel=sms&to=${encodeURIComponent(phone)}`, this.#place.inboxUrl);
      const { items } = (await (await fetch(url)).json()) as { items: { text: string }[] };
      if (items.length > 0 || performance.now() > deadline) return items.map(({ text }) => text);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Staff look somebody up, give their reasons, invite a colleague; an operator makes an administrator. */
  async staff(member: Account, customer: Account): Promise<string> {
    const staff = this.#console;
    const { addresses } = this.#stack;
    const passkeys = newPhone();
    await enrolPasskey(this.#place.client, member.accessToken, passkeys, canary('passkey'));
    await giveRoles(this.#stack, member, ['admin', 'compliance', 'support']);
    const token = (await signInAtConsole(this.#stack, passkeys, member)).accessToken;
    const acts = (path: string, body: object, method = 'POST') =>
      staff.send(method, `/v1/admin${path}`, { token, body });
    const { userId, email } = customer;
    expectStatus(await acts('/users/search', { email }), 200);
    expectStatus(await acts('/users/search', { phone: this.#canaries.phone() }), 200);
    expectStatus(await acts('/users/search', { name: canary('name'), dateOfBirth: this.#canaries.dateOfBirth() }), 200);
    expectStatus(await acts(`/users/${userId}/unmask`, { fields: ['email'], reason: canary('unmask') }), 200);
    expectStatus(await staff.send('GET', `/v1/admin/users/${userId}`, { token }), 200);
    expectStatus(await acts(`/users/${userId}/lock`, { reason: canary('lock') }), 204);
    expectStatus(await acts(`/users/${userId}/unlock`, { reason: canary('unlock') }), 204);
    expectStatus(await acts(`/users/${userId}/close`, { reason: canary('close') }), 202);
    const invitation = { email: this.#canaries.email('invited'), roles: ['support'], reason: canary('invite') };
    expectStatus(await acts('/invitations', invitation), 202);
    const link = await activationLink(addresses, this.#canaries.email('administrator'));
    const activationToken = this.#canaries.keep('activation', activationTokenOf(link));
    const body = { activationToken, password: `${canary('activated')} correct horse` };
    const headers = { origin: addresses.staff };
    expectStatus(await staff.send('POST', '/v1/auth/activate', { body, headers }), 200);
    return token;
  }

  /** Carriers that refuse an address and say so, each in its own words. */
  async undeliverable(): Promise<void> {
    for (const name of ['bounce', 'full', 'defer', 'invalid', 'mute']) {
      const email = `${name}+${canary(name)}@example.com`;
      const body = { email, password: canary('undeliverable'), acceptedTerms };
      expectStatus(await this.#place.client.send('POST', '/v1/auth/register', { body }), 202);
    }
  }

  /** The database refuses a row and tells all of it: what is left is a crash in the middle of a request. */
  async crash({ account, token }: { readonly account: Account; readonly token: string }): Promise<void> {
    const refuse = 'add constraint refuses_everything check (false) not valid';
    const { client } = this.#place;
    const alter = (change: string) =>
      Promise.all([
        asOwner(this.#stack.owners.device, (db) => db.query(`alter table device.devices ${change}`)),
        asOwner(this.#stack.owners.profile, (db) => db.query(`alter table profile.profiles ${change}`)),
      ]);
    const profile = await client.send('GET', '/v1/profile', { token });
    await alter(refuse);
    try {
      await this.#renameDevice(token, account.device.id, 500);
      const headers = { 'if-match': profile.headers.get('etag') ?? '' };
      const body = { preferredName: canary('crash'), occupation: canary('crash') };
      expectStatus(await client.send('PATCH', '/v1/profile', { token, body, headers }), 500);
    } finally {
      await alter('drop constraint refuses_everything');
    }
  }
}

const secretNames = new Set([
  ...[
    'accessToken',
    'refreshToken',
    'secret',
    'password',
    'currentPassword',
    'newPassword',
    'activationToken',
    'token',
  ],
  ...['codes', 'uri', 'qr', 'recoveryCode'],
]);

/** Every string under the name of a secret, however deep. */
function secretsIn(value: unknown, name = ''): [string, string][] {
  if (typeof value === 'string') return secretNames.has(name) && value !== '' ? [[name, value]] : [];
  if (Array.isArray(value)) return value.flatMap((item) => secretsIn(item, name));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => secretsIn(inner, key));
}
