import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeParameters, encodeParameters, optional, ParameterError, required } from '#templates/parameters.ts';

const rules = {
  code: required('code'),
  minutes: required('count'),
  at: required('time'),
  url: required('url'),
  device: optional('text'),
} as const;

const values = {
  code: '048291',
  minutes: 10,
  at: new Date('2026-01-02T03:04:05.678Z'),
  url: 'https://bank.example/r?t=rl_x.y',
  device: 'iPhone 15',
};

test('what is put in comes out', () => {
  expect(decodeParameters(rules, encodeParameters(rules, values))).toEqual(values);
});

describe('texts that do not fit the rules', () => {
  const texts = encodeParameters(rules, values);
  test.each([
    ['missing', { ...texts, code: undefined }, 'code'],
    ['unknown', { ...texts, more: 'x' }, 'more'],
    ['of the prototype', { ...texts, constructor: 'x' }, 'constructor'],
    ['a code with letters', { ...texts, code: '<b>12' }, 'code'],
    ['a count below nothing', { ...texts, minutes: '-1' }, 'minutes'],
    ['a time of another form', { ...texts, at: 'tomorrow' }, 'at'],
    ['a time that does not exist', { ...texts, at: '2026-13-41T03:04:05.678Z' }, 'at'],
    ['a script for a link', { ...texts, url: 'javascript:alert(1)' }, 'url'],
    ['a link in plain text to elsewhere', { ...texts, url: 'http://bank.example/r' }, 'url'],
    ['a link with credentials', { ...texts, url: 'https://bank.example@evil.example/' }, 'url'],
    ['a link with a line break', { ...texts, url: 'https://bank.example/\r\nBcc: x' }, 'url'],
  ])('%s', (_what, changed, parameter) => {
    const present = Object.fromEntries(Object.entries(changed).filter(([, text]) => text !== undefined));
    const decode = () => decodeParameters(rules, present as Record<string, string>);
    expect(decode).toThrow(ParameterError);
    expect(decode).toThrow(expect.objectContaining({ parameter }));
  });

  test('the error names the parameter and never its value', () => {
    expect(() => decodeParameters(rules, { ...texts, code: 'hunter2' })).toThrow(
      /^template parameter code is invalid$/,
    );
  });
});

test('a link to this machine is for development', () => {
  const url = 'http://localhost:8080/r';
  expect(decodeParameters({ url: required('url') }, { url })).toEqual({ url });
});

describe('SR-76: text that others chose', () => {
  const device = (text: string) => decodeParameters({ device: optional('text') }, { device: text }).device;

  test.each([
    ['Ada’s “Pixel” 9 (work)', 'Ada’s “Pixel” 9 (work)'],
    ['Chrome 130.0 on macOS 14.2', 'Chrome 130.0 on macOS 14.2'],
    ['<a href="https://evil.example">click</a>', 'a href= https evil. example click a'],
    ['go to evil.example now', 'go to evil. example now'],
    ['x\r\nBcc: victim@bank.example', 'x Bcc victim bank. example'],
    ['abc\u202Edef\u200B\u0000', 'abc def'],
    ['x'.repeat(100), 'x'.repeat(60)],
    [' \t\u200B ', undefined],
  ])('%j is shown as %j', (text, shown) => {
    expect(device(text)).toBe(shown);
  });

  test('never holds markup, line breaks or anything a mail program links', () => {
    const hostile = fc.string({ unit: fc.constantFrom(...'<>&"\'@:/\\.\r\n\t\u202E\u0000aé1', 'www.', 'http://') });
    fc.assert(
      fc.property(hostile, (text) => {
        expect(device(text) ?? '').not.toMatch(/[<>&"@:/\\\p{C}]|\.\p{L}/u);
      }),
    );
  });
});
