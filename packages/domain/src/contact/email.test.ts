import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Email } from '#contact/email.ts';
import { EmailSchema, mailboxOf, normaliseEmail } from '#contact/email.ts';
import { DomainError } from '#errors/domain-error.ts';
import { parse } from '#errors/parse.ts';

function email(text: string): Email {
  return parse(EmailSchema, text);
}

const locals = fc.stringMatching(/^[a-zA-Z0-9+_-]{1,20}(\.[a-zA-Z0-9]{1,10})?$/);
const domains = fc.stringMatching(/^[a-zA-Z0-9]{1,10}(\.[a-zA-Z0-9]{1,10})?\.(test|Example|org)$/);
const addresses = fc.tuple(locals, domains).map(([local, domain]) => `${local}@${domain}`);
const toFullWidth = (text: string) =>
  text.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));

describe('EmailSchema', () => {
  test.each([
    'a@example.test',
    "o'hara+bank@mail.example.test",
    'müller@bücher.test',
    'ＡＬＩＣＥ＠ｅｘａｍｐｌｅ．ｔｅｓｔ',
    `${'l'.repeat(64)}@example.test`,
  ])('keeps %s as given', (text) => {
    expect(email(text)).toBe(text);
  });

  test.each([
    '',
    '@',
    'a',
    'a@',
    '@example.test',
    'a@localhost',
    'a@127.0.0.1',
    'a@127.1',
    'a@0x7f.1',
    'a@[127.0.0.1]',
    'a@example..test',
    'a@-example.test',
    'a@example.test/path',
    'a@example.test:25',
    'a@user@example.test',
    'a b@example.test',
    'a@exa mple.test',
    'a..b@example.test',
    '.a@example.test',
    '"a"@example.test',
    'a@example.test\r\nBcc: b@example.test',
    'a\u0000@example.test',
    'a\u200b@example.test',
    'a\u202e@example.test',
    'a\ud800@example.test',
    `${'l'.repeat(65)}@example.test`,
    `a@${'d'.repeat(64)}.test`,
    `a@${'abcdefgh.'.repeat(30)}test`,
  ])('refuses %j', (text) => {
    expect(() => email(text)).toThrow(DomainError);
  });

  test('refuses a very long text at once', () => {
    expect(() => email(`${'a'.repeat(1_000_000)}@example.test`)).toThrow(DomainError);
  });

  test('counts octets, not characters (RFC 5321 §4.5.3.1)', () => {
    expect(email(`${'é'.repeat(32)}@example.test`)).toBeTypeOf('string');
    expect(() => email(`${'é'.repeat(33)}@example.test`)).toThrow(DomainError);
  });

  test('never throws anything but a refusal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        try {
          normaliseEmail(email(`${text}@example.test`));
        } catch (error) {
          expect(error).toBeInstanceOf(DomainError);
        }
      }),
    );
  });
});

describe('SR-41: normaliseEmail', () => {
  test.each([
    ['A@Example.Test'],
    ['a@example.test.'],
    ['ａ@example.test'],
    ['Ａ＠ｅｘａｍｐｌｅ．ｔｅｓｔ'],
    ['a@EXAMPLE。test'],
  ])('%s is a@example.test', (text) => {
    expect(normaliseEmail(email(text))).toBe('a@example.test');
  });

  test('writes a domain in the form of the DNS', () => {
    expect(normaliseEmail(email('a@BÜCHER.test'))).toBe('a@xn--bcher-kva.test');
    expect(normaliseEmail(email('a@xn--bcher-kva.test'))).toBe('a@xn--bcher-kva.test');
  });

  test('does not fold letters that only look alike', () => {
    expect(normaliseEmail(email('dotlessı@example.test'))).not.toBe(normaliseEmail(email('dotlessi@example.test')));
    expect(normaliseEmail(email('аdmin@example.test'))).not.toBe(normaliseEmail(email('admin@example.test')));
  });

  test('is idempotent, and the same for every spelling', () => {
    fc.assert(
      fc.property(addresses, (text) => {
        const normalised = normaliseEmail(email(text));
        expect(normaliseEmail(email(normalised))).toBe(normalised);
        for (const spelling of [text.toUpperCase(), text.toLowerCase(), `${text}.`, toFullWidth(text)]) {
          expect(normaliseEmail(email(spelling))).toBe(normalised);
        }
      }),
    );
  });

  test('is idempotent beyond ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }), (local) => {
        let given: Email;
        try {
          given = email(`${local}@example.test`);
        } catch {
          return;
        }
        const normalised = normaliseEmail(given);
        expect(normaliseEmail(email(normalised))).toBe(normalised);
      }),
      { numRuns: 500 },
    );
  });
});

describe('mailboxOf', () => {
  test('keeps the case of the local part and resolves the rest', () => {
    expect(mailboxOf(email('Alice@BÜCHER.test.'))).toBe('Alice@xn--bcher-kva.test');
  });

  test('SR-41: mail for a look-alike spelling goes to the mailbox that its normal form names', () => {
    fc.assert(
      fc.property(addresses, (text) => {
        const disguised = email(toFullWidth(text));
        expect(mailboxOf(disguised).toLowerCase()).toBe(normaliseEmail(disguised));
      }),
    );
  });
});
