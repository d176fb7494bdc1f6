import type { Catalogue } from '#locales/catalogue.ts';
import { accountMessages } from '#locales/en-accounts.ts';
import { contactMessages } from '#locales/en-contact.ts';
import { deviceMessages } from '#locales/en-devices.ts';
import { factorMessages } from '#locales/en-factors.ts';
import { kycMessages } from '#locales/en-kyc.ts';
import { passwordMessages } from '#locales/en-password.ts';
import { minutes, notYou } from '#locales/en-phrases.ts';
import { profileMessages } from '#locales/en-profile.ts';
import { recoveryMessages } from '#locales/en-recovery.ts';
import { standingMessages } from '#locales/en-standing.ts';
import { texts } from '#locales/en-texts.ts';
import { facts, paragraph } from '#templates/content.ts';

export const en: Catalogue = {
  // British order and a 24-hour clock: understood by every reader of English.
  timeTag: 'en-GB',
  footer: ({ brand }) => `${brand} never asks for your password or a code by email or on the phone.`,
  messages: {
    ...accountMessages,
    ...contactMessages,
    ...deviceMessages,
    ...factorMessages,
    ...kycMessages,
    ...passwordMessages,
    ...profileMessages,
    ...recoveryMessages,
    ...standingMessages,
    'registration-code': (values, { brand }) => ({
      subject: `Confirm your email address for ${brand}`,
      parts: [
        paragraph('Enter this code to finish your registration:'),
        { kind: 'code', code: values.code },
        paragraph(`It works once and for ${minutes(values.minutes)}. Do not give it to anyone.`),
        paragraph('If you did not ask for it, you need do nothing: no account is opened without the code.'),
      ],
    }),
    'registration-link': (values, { brand }) => ({
      subject: `Confirm your email address for ${brand}`,
      parts: [
        paragraph('Open this link to finish your registration, in the browser in which you began it:'),
        { kind: 'link', label: 'Confirm my email address', url: values.url },
        paragraph(`It works once and for ${minutes(values.minutes)}. Do not pass it on.`),
        paragraph('If you did not ask for it, you need do nothing: no account is opened without the link.'),
      ],
    }),
    'registration-attempted': (values, { brand, time }) => ({
      subject: `Someone tried to register at ${brand} with your address`,
      parts: [
        paragraph(
          `On ${time(values.at)} someone tried to register with this email address. It already has an account.`,
        ),
        paragraph('If it was you, sign in instead, or reset your password if you have forgotten it.'),
        paragraph('If it was not you, you need do nothing: your account has not changed.'),
      ],
    }),
    welcome: (_values, { brand }) => ({
      subject: `Welcome to ${brand}`,
      parts: [
        paragraph('Your email address is confirmed and your account is open.'),
        paragraph('To keep it safe, add a second way to prove that it is you: a passkey or an authenticator app.'),
      ],
    }),
    'sign-in-code': (values, { brand }) => ({
      subject: `Your code to sign in to ${brand}`,
      parts: [
        paragraph('Enter this code to go on with your sign-in:'),
        { kind: 'code', code: values.code },
        paragraph(`It works once and for ${minutes(values.minutes)}. Do not give it to anyone.`),
        paragraph('If you are not signing in right now, someone has entered your password: change it now.'),
      ],
    }),
    'sign-in-after-failures': (values, { brand, time }) => ({
      subject: `Sign-in to your account at ${brand} after failed attempts`,
      parts: [
        paragraph('The right password or code was given for your account after wrong ones had been.'),
        facts(['When', time(values.at)], ['Failed attempts', String(values.failures)], ['Device', values.device]),
        paragraph(notYou),
      ],
    }),
    'account-locked': (values, { brand, time }) => ({
      subject: `Your account at ${brand} is locked for a while`,
      parts: [
        paragraph(
          `Until ${time(values.at)} too many sign-ins to your account had failed, or were begun and not completed.`,
        ),
        paragraph(`Signing in with a password works again in ${minutes(values.minutes)}. A passkey still works now.`),
        paragraph(
          'If it was not you, someone may be guessing your password, or know it: change it if you are not sure.',
        ),
      ],
    }),
    'refresh-token-reuse': (values, { brand, time }) => ({
      subject: `We ended a session of your account at ${brand}`,
      parts: [
        paragraph(
          'Something used a sign-in of yours that had already been replaced. It may have been copied, so we ended that session.',
        ),
        facts(['When', time(values.at)], ['Device', values.device]),
        paragraph('Sign in again to go on. If you notice anything that you did not do, change your password.'),
      ],
    }),
    'sign-in-denied': (values, { brand, time }) => ({
      subject: `We stopped a sign-in to your account at ${brand}`,
      parts: [
        paragraph(
          'Someone entered your correct password, and we refused the sign-in because it did not look like you.',
        ),
        facts(['When', time(values.at)], ['Device', values.device], ['Place', values.place]),
        paragraph(
          'If it was you, try again from a device that you have used before. If it was not, change your password now.',
        ),
      ],
    }),
    'session-revoked': (values, { brand, time }) => ({
      subject: `A session of your account at ${brand} was ended`,
      parts: [
        paragraph('One of your sessions was ended and has to sign in again.'),
        facts(['When', time(values.at)], ['Device', values.device]),
        paragraph(`If you did this, you need do nothing. ${notYou}`),
      ],
    }),
  },
  texts,
};
