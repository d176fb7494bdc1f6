import type { Catalogue } from '#locales/catalogue.ts';
import { minutes } from '#locales/en-phrases.ts';

/**
 * Text messages: 160 characters of the GSM 7-bit alphabet (3GPP TS 23.038) with any brand, so that each is one message.
 */
export const texts: Catalogue['texts'] = {
  'phone-code': (values, { brand }) =>
    `${values.code} is your ${brand} code. It works once, for ${minutes(values.minutes)}. Never give it to anyone.`,
  'sign-in-code': (values, { brand }) =>
    `${values.code} is your code to sign in at ${brand}. It works once, for ${minutes(values.minutes)}. Never give it to anyone.`,
  'step-up-code': (values, { brand }) =>
    `${values.code} confirms at ${brand} that it is you. It works once, for ${minutes(values.minutes)}. Never give it to anyone.`,
  'factor-code': (values, { brand }) =>
    `${values.code} makes this number a second factor at ${brand}. It works once, for ${minutes(values.minutes)}. Give it to no one.`,
  'transaction-code': (values, { brand }) =>
    `${values.code} approves ${values.transaction}. For ${minutes(values.minutes)}, at ${brand}. Give it to no one.`,
  'password-changed': (_values, { brand }) =>
    `The password of your account at ${brand} was changed. If that was not you, contact us now.`,
  'phone-changed': (_values, { brand }) =>
    `This number no longer belongs to your account at ${brand}. If that was not you, contact us now.`,
  'email-changed': (_values, { brand }) =>
    `An email address was confirmed for your account at ${brand}. If that was not you, contact us now.`,
  'recovery-in-review': (_values, { brand }) =>
    `Someone asked to recover your account at ${brand}. We look into it first. If it was not you, contact us now.`,
  'recovery-waiting': (_values, { brand }) =>
    `All second factors of your account at ${brand} will be removed. If you did not ask for it, contact us now.`,
  'recovery-completed': (_values, { brand }) =>
    `All second factors of your account at ${brand} were removed. If you did not ask for it, contact us now.`,
};
