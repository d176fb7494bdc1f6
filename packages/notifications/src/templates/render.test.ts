import { describe, expect, test } from 'vitest';
import { renderEmail } from '#templates/render.ts';
import { isTemplateName, messageOf, type TemplateName, templates } from '#templates/templates.ts';

const brand = 'Bank & Söhne';
const at = new Date('2026-03-04T17:06:00Z');
const url = 'https://bank.example/r?a=1&b=2';

const samples: { readonly [N in TemplateName]: Record<string, string> } = {
  'registration-code': messageOf('registration-code', { code: '048291', minutes: 10 }).params,
  'registration-link': messageOf('registration-link', { url, minutes: 1 }).params,
  'registration-attempted': messageOf('registration-attempted', { at }).params,
  welcome: messageOf('welcome', {}).params,
  'sign-in-code': messageOf('sign-in-code', { code: '048291', minutes: 10 }).params,
  'new-device': messageOf('new-device', { at, device: 'Pixel 9', place: 'Lagos' }).params,
  'device-trusted': messageOf('device-trusted', { at, device: 'Pixel 9' }).params,
  'device-untrusted': messageOf('device-untrusted', { at }).params,
  'device-removed': messageOf('device-removed', { at, device: 'Pixel 9' }).params,
  'device-key-bound': messageOf('device-key-bound', { at, device: 'Pixel 9' }).params,
  'device-key-rotated': messageOf('device-key-rotated', { at }).params,
  'device-key-removed': messageOf('device-key-removed', { at, device: 'Pixel 9' }).params,
  'sign-in-after-failures': messageOf('sign-in-after-failures', { at, failures: 3 }).params,
  'account-locked': messageOf('account-locked', { at, minutes: 30 }).params,
  'refresh-token-reuse': messageOf('refresh-token-reuse', { at }).params,
  'sign-in-denied': messageOf('sign-in-denied', { at, place: 'Lagos' }).params,
  'factor-code': messageOf('factor-code', { code: '048291', minutes: 10 }).params,
  'sms-factor-added': messageOf('sms-factor-added', { at }).params,
  'recovery-codes-low': messageOf('recovery-codes-low', { at, remaining: 2 }).params,
  'factor-added': messageOf('factor-added', { at }).params,
  'factor-removed': messageOf('factor-removed', { at }).params,
  'factor-changed': messageOf('factor-changed', { at }).params,
  'recovery-codes-created': messageOf('recovery-codes-created', { at }).params,
  'recovery-code-used': messageOf('recovery-code-used', { at, remaining: 3 }).params,
  'second-factor-blocked': messageOf('second-factor-blocked', { at, minutes: 15 }).params,
  'step-up-code': messageOf('step-up-code', { code: '048291', minutes: 10 }).params,
  'passkey-copied': messageOf('passkey-copied', { at }).params,
  'account-stopped': messageOf('account-stopped', { at }).params,
  'account-opened-again': messageOf('account-opened-again', { at }).params,
  'account-suspended': messageOf('account-suspended', { at }).params,
  'account-closed': messageOf('account-closed', { at }).params,
  'roles-changed': messageOf('roles-changed', { at }).params,
  'factors-reset': messageOf('factors-reset', { at }).params,
  'profile-change-requested': messageOf('profile-change-requested', { at }).params,
  'profile-change-approved': messageOf('profile-change-approved', { at }).params,
  'profile-change-rejected': messageOf('profile-change-rejected', { at }).params,
  'password-reset': messageOf('password-reset', { url, minutes: 60 }).params,
  'password-changed': messageOf('password-changed', { at }).params,
  'account-recovery': messageOf('account-recovery', { url, minutes: 60 }).params,
  'recovery-in-review': messageOf('recovery-in-review', { at, url }).params,
  'recovery-waiting': messageOf('recovery-waiting', { at, until: at, url }).params,
  'recovery-cancelled': messageOf('recovery-cancelled', { at }).params,
  'recovery-completed': messageOf('recovery-completed', { at }).params,
  'staff-invitation': messageOf('staff-invitation', { url, hours: 24 }).params,
  'phone-changed': messageOf('phone-changed', { at, days: 3 }).params,
  'email-code': messageOf('email-code', { code: '048291', minutes: 10 }).params,
  'email-change-attempted': messageOf('email-change-attempted', { at }).params,
  'email-change-requested': messageOf('email-change-requested', { at, url, days: 7 }).params,
  'email-changed': messageOf('email-changed', { at }).params,
  'email-replaced': messageOf('email-replaced', { at, url, days: 7 }).params,
  'email-reverted': messageOf('email-reverted', { at }).params,
  'kyc-approved': messageOf('kyc-approved', { at }).params,
  'kyc-rejected': messageOf('kyc-rejected', { at }).params,
  'kyc-more-information': messageOf('kyc-more-information', { at }).params,
  'kyc-expiring': messageOf('kyc-expiring', { days: 30 }).params,
  'kyc-expired': messageOf('kyc-expired', { at }).params,
  'session-revoked': messageOf('session-revoked', { at, device: 'Pixel 9' }).params,
  'bank-account-linked': messageOf('bank-account-linked', { at, bank: 'Access Bank' }).params,
  'bank-account-unlinked': messageOf('bank-account-unlinked', { at }).params,
  'bank-account-default': messageOf('bank-account-default', { at, bank: 'Access Bank' }).params,
};

describe.each(Object.keys(templates) as TemplateName[])('%s', (template) => {
  const email = renderEmail({ template, params: samples[template], brand });

  test('has a subject of one line and the same words in text and HTML', () => {
    expect(email.subject).toMatch(/^[^\p{C}]{10,100}$/u);
    const words = email.html
      .replace(/^[\s\S]*<body/, '')
      .replace(/<[^>]+>/g, ' ')
      .replaceAll('&amp;', '&')
      .replaceAll('&#39;', "'");
    for (const line of email.text.split('\n').filter((text) => /^[A-Z][^:]+\.$/.test(text)))
      expect(words).toContain(line);
  });

  test('loads nothing, runs nothing and leaves nothing unfilled', () => {
    expect(email.html).not.toMatch(/<script|<img|<link|<iframe|@import|url\(|\son\w+=/i);
    expect(email.text + email.html + email.subject).not.toMatch(/undefined|\[object|NaN|\$\{/);
    expect(email.html).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#39;)/);
  });
});

test('a code and a link are where people and programs find them', () => {
  const code = renderEmail({ template: 'registration-code', params: samples['registration-code'], brand });
  expect(code.text).toContain('\n    048291\n');
  expect(code.html).toContain('>048291<');
  const link = renderEmail({ template: 'registration-link', params: samples['registration-link'], brand });
  expect(link.text).toContain(`\n${url}\n`);
  expect(link.html).toContain('href="https://bank.example/r?a=1&amp;b=2"');
});

test('SR-72 whoever is invited is told of what lets them in: a passkey', () => {
  const { text } = renderEmail({ template: 'staff-invitation', params: samples['staff-invitation'], brand });
  expect(text).toContain('enrol a passkey');
  expect(text).not.toMatch(/authenticator/);
});

test('that codes are blocked reads well for a user whose codes come by mail and who has no second factor', () => {
  const { params } = messageOf('second-factor-blocked', { at, minutes: 15 });
  const { subject, text } = renderEmail({ template: 'second-factor-blocked', params, brand });
  expect(subject).toMatch(/^Codes for your account at .+ are blocked/);
  expect(subject + text).not.toMatch(/second factor/i);
});

test('SR-76: what a device calls itself becomes neither markup nor a link', () => {
  const { params } = messageOf('new-device', { at, device: '<a href="https://evil.example">Pixel</a>\r\nBcc: x@y.z' });
  const email = renderEmail({ template: 'new-device', params, brand });
  expect(email.html).not.toMatch(/<a|evil\.example|href="/);
  expect(email.text).not.toMatch(/evil\.example|\r|@/);
});

test('SR-76: a brand with a line break or markup stays text', () => {
  const email = renderEmail({ template: 'welcome', params: {}, brand: 'B<i>\r\nBcc: x' });
  expect(email.subject).toBe('Welcome to B<i> Bcc: x');
  expect(email.html).toContain('B&lt;i&gt;');
});

test('times are in UTC and say so', () => {
  const { text } = renderEmail({ template: 'account-locked', params: samples['account-locked'], brand });
  expect(text).toContain('4 March 2026 at 17:06 UTC');
});

test.each([undefined, 'en', 'en-NG', 'de-DE', 'xx', '../../etc', ''])('locale %j has words', (locale) => {
  const input = { template: 'welcome', params: {}, brand } as const;
  expect(renderEmail(locale === undefined ? input : { ...input, locale }).subject).toBe('Welcome to Bank & Söhne');
});

test('names of templates are told from other texts', () => {
  expect(['welcome', 'constructor', 'Welcome', ''].map(isTemplateName)).toEqual([true, false, false, false]);
});
