import { describe, expect, it } from 'vitest';
import { mediaTypeOf, refuseUnacceptable } from '#http/input/media-type.ts';

describe('mediaTypeOf', () => {
  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
  ])('takes %s', (contentType) =>
    expect(mediaTypeOf(contentType, undefined, ['application/json'])).toBe('application/json'),
  );

  it.each([
    [undefined, undefined],
    ['text/plain', undefined],
    ['application/jsonx', undefined],
    ['application/json; charset=utf-16', undefined],
    ['application/json', 'gzip'],
    ['multipart/form-data; boundary=x', undefined],
  ])('refuses %s with coding %s', (contentType, encoding) => {
    expect(() => mediaTypeOf(contentType, encoding, ['application/json'])).toThrow(
      expect.objectContaining({ code: 'request.unsupported_type' }),
    );
  });
});

describe('refuseUnacceptable', () => {
  it.each([
    undefined,
    '',
    '*/*',
    'application/json',
    'application/*;q=0.1',
    'text/html, */*;q=0.8',
    'text/html,application/json',
  ])('takes %s', (accept) => expect(() => refuseUnacceptable(accept, ['application/json'])).not.toThrow());

  it.each(['text/html', 'application/xml', '*/*;q=0', 'application/json;q=0, */*', 'nonsense'])(
    'refuses %s',
    (accept) => {
      expect(() => refuseUnacceptable(accept, ['application/json'])).toThrow(
        expect.objectContaining({ code: 'request.not_acceptable' }),
      );
    },
  );

  it.each(['image/webp,image/*;q=0.8', 'application/pdf', 'image/webp;q=0, image/jpeg', 'image/*'])(
    'takes %s, where any of several is',
    (accept) => expect(() => refuseUnacceptable(accept, ['image/webp', 'image/jpeg', 'application/pdf'])).not.toThrow(),
  );

  it.each(['text/html', 'image/png', 'image/*;q=0'])('refuses %s, where none of several is', (accept) => {
    expect(() => refuseUnacceptable(accept, ['image/webp', 'image/jpeg'])).toThrow(
      expect.objectContaining({ code: 'request.not_acceptable' }),
    );
  });
});
