import { describe, expect, test } from 'vitest';
import { ParameterError } from '#templates/parameters.ts';
import { renderSms } from '#templates/render-sms.ts';
import { isSmsTemplateName, type SmsTemplateName, smsOf, smsTemplates } from '#templates/sms-templates.ts';

const samples: { readonly [N in SmsTemplateName]: Record<string, string> } = {
  'phone-code': smsOf('phone-code', { code: '048291', minutes: 10 }).params,
  'sign-in-code': smsOf('sign-in-code', { code: '048291', minutes: 10 }).params,
  'step-up-code': smsOf('step-up-code', { code: '048291', minutes: 10 }).params,
  'factor-code': smsOf('factor-code', { code: '048291', minutes: 10 }).params,
  'transaction-code': smsOf('transaction-code', { code: '048291', minutes: 10, transaction: 'x'.repeat(60) }).params,
  'password-changed': smsOf('password-changed', {}).params,
  'phone-changed': smsOf('phone-changed', {}).params,
  'email-changed': smsOf('email-changed', {}).params,
  'recovery-in-review': smsOf('recovery-in-review', {}).params,
  'recovery-waiting': smsOf('recovery-waiting', {}).params,
  'recovery-completed': smsOf('recovery-completed', {}).params,
};
// The basic set of 3GPP TS 23.038 without the two that are easily mistaken: `@` and the escape.
const gsm7 = /^[A-Za-z0-9 £$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!"#¤%&'()*+,\-./:;<=>?¡ÄÖÑÜ§¿äöñüà]+$/;

describe.each(Object.keys(smsTemplates) as SmsTemplateName[])('%s', (template) => {
  test('is one message of the GSM 7-bit alphabet, whatever the brand', () => {
    const { text } = renderSms({ template, params: samples[template], brand: 'B'.repeat(40) });
    expect(text).toMatch(gsm7);
    expect(text.length).toBeLessThanOrEqual(160);
    expect(text).not.toMatch(/undefined|\[object|NaN|\$\{/);
  });
});

test('the code comes first, where a phone and a hurried eye find it', () => {
  const { text } = renderSms({ template: 'phone-code', params: samples['phone-code'], brand: 'Bank' });
  expect(text).toMatch(/^048291 is your Bank code\. It works once, for 10 minutes\./);
});

test('SR-63 a code comes apart only where nothing else is said', () => {
  const withCode = Object.keys(smsTemplates).filter((name) => {
    const template = name as SmsTemplateName;
    return renderSms({ template, params: samples[template], brand: 'Bank' }).code === '048291';
  });
  expect(withCode).toEqual(['phone-code', 'sign-in-code', 'step-up-code', 'factor-code']);
});

test('SR-63 what is approved stands beside the code', () => {
  const transaction = 'EUR 1500.00 to GB29..6819, Ada Obi';
  const { params } = smsOf('transaction-code', { code: '048291', minutes: 10, transaction });
  const { text } = renderSms({ template: 'transaction-code', params, brand: 'Bank' });
  expect(text).toBe(`048291 approves ${transaction}. For 10 minutes, at Bank. Give it to no one.`);
});

test.each([undefined, 'en-NG', 'xx'])('locale %j has words', (locale) => {
  const input = { template: 'phone-changed', params: {}, brand: 'Bank' } as const;
  expect(renderSms(locale === undefined ? input : { ...input, locale }).text).toContain('Bank');
});

test('SR-76 parameters that do not fit and line breaks in a brand do not get through', () => {
  const render = (params: Record<string, string>) => renderSms({ template: 'phone-code', params, brand: 'A\r\nB' });
  expect(() => render({ code: 'call +1', minutes: '10' })).toThrow(ParameterError);
  expect(render(samples['phone-code']).text).toContain('your A B code');
});

test('names of text messages are told from others', () => {
  expect(['phone-code', 'welcome', 'constructor'].map(isSmsTemplateName)).toEqual([true, false, false]);
});
