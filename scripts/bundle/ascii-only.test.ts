import { expect, it } from 'vitest';
import { escapeBeyondAscii } from '#bundle/ascii-only.ts';

it.each([
  ["'a – é 😀 z'"],
  ['`a – é 😀 z`'],
  [String.raw`'one \– two \\– three \\\–'`],
  [String.raw`['–', '😀', '\\–', 'a'].map((text) => /^[–-\—]$|^\\–$/.test(text))`],
  ["['😀', '😁', 'x'].map((text) => /^[😀-😂]$/u.test(text))"],
  ["['é', 'É', 'e'].map((text) => /^é$/iu.test(text))"],
])('%s means the same in ASCII', (code) => {
  const escaped = escapeBeyondAscii(code);
  expect(escaped).toMatch(/^[\0-\x7f]*$/);
  // biome-ignore lint/security/noGlobalEval: code is what is compared
  expect(eval(escaped)).toEqual(eval(code));
});
