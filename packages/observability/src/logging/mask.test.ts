import { expect, test } from 'vitest';
import { maskText } from '#logging/mask.ts';

test.each([
  ['mail to ada@bank.example failed', 'mail to [redacted] failed'],
  ['token eyJhbGciOi.eyJzdWIi.c2ln was refused', 'token [redacted] was refused'],
  ['rt_01890a5d-ac96-774b-bcce-b302099a8057.q1w2-e3_r4 reused', '[redacted] reused'],
  ['cannot reach amqp://user:pa55@broker:5672/x', 'cannot reach amqp://broker:5672/x'],
  ['code 482913 and +49 151 2345678', 'code [redacted] and [redacted]'],
  ['port 8080 answered 503 after 15 s', 'port 8080 answered 503 after 15 s'],
])('SR-85: %s', (text, masked) => {
  expect(maskText(text)).toBe(masked);
});

test('long text is cut', () => {
  expect(maskText('a b '.repeat(1000))).toHaveLength(501);
});
