import { readFileSync } from 'node:fs';
import { chromiumProgram } from '@bank/scripts/stack';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Account, type Place, registerAccount } from '#account.ts';
import { GatewayClient } from '#client.ts';
import { hasUserNamespaces } from '#image/privilege.ts';
import { sharedStack } from '#test-stack.ts';
import { giveRoles } from './support/people.ts';

const it = sharedStack();
const html = readFileSync(new URL('./support/passkey-page.html', import.meta.url), 'utf8');
const answersWithinMs = 20_000;
let browser: Browser;
let place: Place;

beforeAll(async () => {
  const { gateway, sandbox } = it.stack.addresses;
  place = { client: new GatewayClient(gateway), inboxUrl: sandbox.http };
  // Its sandbox is made of user namespaces: root gets none, and others not everywhere. Pages of this test alone are opened in it.
  const chromiumSandbox = process.platform !== 'linux' || (process.getuid?.() !== 0 && hasUserNamespaces());
  browser = await chromium.launch({ executablePath: chromiumProgram(), chromiumSandbox });
}, 60_000);
afterAll(() => browser?.close());

/** A browser of somebody's own with an authenticator in it, which notices their finger, or does not. */
interface Visit {
  /** Opens the page at a listener, as it is at first. */
  open(origin: string): Promise<void>;
  /** Does what a button says. Gives what the page says then. */
  press(button: string): Promise<string>;
  fill(fields: Readonly<Record<string, string>>): Promise<void>;
  /** Whether the authenticator knows its user from now on. */
  recognise(isUserVerified: boolean): Promise<void>;
  signCount(): Promise<number>;
}

async function visit(): Promise<Visit> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route('**/passkeys', (route) => route.fulfill({ contentType: 'text/html', body: html }));
  const session = await context.newCDPSession(page);
  const authenticatorId = await addAuthenticator(session);
  return {
    open: async (origin) => void (await page.goto(`${origin}/passkeys`)),
    press: (button) => press(page, button),
    async fill(fields) {
      for (const [name, value] of Object.entries(fields)) await page.locator(`[name=${name}]`).fill(value);
    },
    async recognise(isUserVerified) {
      await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    },
    async signCount() {
      const { credentials } = await session.send('WebAuthn.getCredentials', { authenticatorId });
      return credentials[0]?.signCount ?? 0;
    },
  };
}

/** One in the device itself, that keeps passkeys and asks for a finger. */
async function addAuthenticator(session: CDPSession): Promise<string> {
  await session.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2',
    ctap2Version: 'ctap2_1',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  } as const;
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', { options });
  return authenticatorId;
}

async function press(page: Page, button: string): Promise<string> {
  await page.locator(`button[name=${button}]`).click();
  const said = page.locator('output');
  await said.filter({ hasText: /\S/ }).waitFor({ timeout: answersWithinMs });
  return (await said.textContent()) ?? '';
}

/** Somebody who has signed in with their password, on the device that they registered on, and enrolled the passkey of its browser. */
async function holder(): Promise<Visit & { readonly account: Account }> {
  const account = await registerAccount(place);
  const visitor = await visit();
  await visitor.open(it.stack.addresses.gateway);
  await visitor.fill({ identifier: account.email, password: account.password, deviceSecret: account.device.secret });
  await expect
    .poll(() => visitor.press('password-sign-in'), { timeout: answersWithinMs })
    .toBe('user-service aal1 pwd device');
  await expect.poll(() => visitor.press('enrol'), { timeout: answersWithinMs }).toBe('enrolled webauthn');
  return { ...visitor, account };
}

describe('SR-30 in a browser, with its own authenticator', () => {
  const timeout = 120_000;

  test('a passkey is enrolled, signs in without a name, and confirms who is there', { timeout }, async () => {
    const visitor = await holder();
    await visitor.open(it.stack.addresses.gateway);
    expect(await visitor.press('passkey-sign-in')).toBe('user-service aal2 swk user mfa');
    expect(await visitor.press('step-up')).toBe('user-service aal2 swk user mfa');
    expect(await visitor.signCount()).toBeGreaterThan(1);
  });

  test('the same authenticator is not enrolled twice', { timeout }, async () => {
    const visitor = await holder();
    await visitor.open(it.stack.addresses.gateway);
    await visitor.press('passkey-sign-in');
    expect(await visitor.press('enrol')).toMatch(/^InvalidStateError/);
  });

  test('whom the authenticator does not know, it signs nothing for', { timeout }, async () => {
    const visitor = await holder();
    await visitor.recognise(false);
    await visitor.open(it.stack.addresses.gateway);
    expect(await visitor.press('passkey-sign-in')).toMatch(/^NotAllowedError/);
    await visitor.recognise(true);
    expect(await visitor.press('passkey-sign-in')).toMatch(/^user-service aal2/);
  });

  test('SR-72 staff sign in at their own listener, with cookies', { timeout }, async () => {
    const visitor = await holder();
    await giveRoles(it.stack, visitor.account, ['support']);
    await visitor.open(it.stack.addresses.staff);
    await visitor.fill({ clientId: 'staff-console' });
    expect(await visitor.press('passkey-sign-in')).toBe('user-service-staff aal2 swk user mfa');
    await visitor.open(it.stack.addresses.gateway);
    expect(await visitor.press('passkey-sign-in')).toBe('Error: 401 auth.credentials.invalid');
  });
});
