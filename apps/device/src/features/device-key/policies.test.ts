import fc from 'fast-check';
import { expect, test } from 'vitest';
import { signedText } from '#features/device-key/policies.ts';

const deviceId = '01a2146c-9838-738b-943c-978ea43513de';

test('a key signs four lines', () => {
  const text = signedText('bind', { deviceId, challenge: new Uint8Array(32), about: 'thumbprint' });
  expect(Buffer.from(text).toString()).toBe(
    `user-service.device-key.bind.v1\n${deviceId}\n${'A'.repeat(43)}\nthumbprint`,
  );
});

test('SR-63: no two things have one text', () => {
  const thing = fc.record({
    ceremony: fc.constantFrom('bind', 'rotate', 'approve'),
    deviceId: fc.uuid(),
    challenge: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    about: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
  });
  const text = ({ ceremony, ...rest }: typeof thing extends fc.Arbitrary<infer T> ? T : never) =>
    Buffer.from(signedText(ceremony, rest)).toString();
  fc.assert(
    fc.property(thing, thing, (one, other) => {
      const isSame = Buffer.from(JSON.stringify(one)).equals(Buffer.from(JSON.stringify(other)));
      return (text(one) === text(other)) === isSame;
    }),
  );
});
