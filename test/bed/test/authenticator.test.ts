import { describe, expect, test } from 'vitest';
import { Authenticator } from '#authenticator.ts';

describe('an authenticator app', () => {
  // RFC 6238, appendix B, of which six digits are shown.
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

  test('shows the codes of the standard, each once, and none that is not taken yet', () => {
    const app = new Authenticator(secret);
    const now = 1_111_111_111_000; // a second after its step began
    expect([app.code(now + 24_000), app.code(now + 24_000), app.code(now + 24_000)]).toEqual([
      '050471',
      expect.stringMatching(/^\d{6}$/),
      undefined,
    ]);
    expect(app.code(now + 60_000)).toMatch(/^\d{6}$/);
  });

  test('shows the code of the step before while that is taken for long enough', () => {
    expect(new Authenticator(secret).code(1_111_111_111_000)).toBe('081804');
  });
});
