import { expect, test } from 'vitest';
import {
  type Checkpoint,
  emptyHeads,
  noCheckpointHash,
  readCheckpoint,
  signCheckpoint,
} from '#checkpoint/checkpoint.ts';
import { generateCheckpointKeys, readSigningKey, readTrustedKeys } from '#checkpoint/checkpoint-keys.ts';

const keys = generateCheckpointKeys();
const trusted = readTrustedKeys(keys.trustedKeys);
const checkpoint: Checkpoint = {
  number: 1,
  previousHash: noCheckpointHash,
  signedAt: new Date('2026-11-23T12:00:00.123Z'),
  heads: emptyHeads,
  manifestHash: noCheckpointHash,
};
const jws = signCheckpoint(checkpoint, readSigningKey(keys.privatePem));
const [header = '', payload = '', signature = ''] = jws.split('.');

function withHeader(changes: object): string {
  const changed = { ...JSON.parse(Buffer.from(header, 'base64url').toString()), ...changes };
  return [Buffer.from(JSON.stringify(changed)).toString('base64url'), payload, signature].join('.');
}

test('a checkpoint is read back as it was signed', () => {
  expect(readCheckpoint(jws, trusted)).toEqual(checkpoint);
});

test.each([
  ['another algorithm (SR-52)', withHeader({ alg: 'none' }), 'it is no signed checkpoint'],
  ['another kind of token (SR-55)', withHeader({ typ: 'at+jwt' }), 'it is no signed checkpoint'],
  ['a key nobody trusts', withHeader({ kid: 'x' }), 'it was signed with a key that is not trusted'],
  ['a signature of nothing', `${header}.${payload}.`, 'its signature does not verify'],
  ['another text', [header, payload.replace(/^./, 'f'), signature].join('.'), 'its signature does not verify'],
  ['a further part', `${jws}.x`, 'it is no signed checkpoint'],
  ['no JWS', 'null', 'it is no signed checkpoint'],
  ['nothing', '', 'it is no signed checkpoint'],
  ['far too much', 'x'.repeat(100_000), 'it is no signed checkpoint'],
])('refused: %s', (_case, text, problem) => {
  expect(() => readCheckpoint(text, trusted)).toThrow(problem);
});

test('key files that cannot be used are refused, and never quoted', () => {
  const jwk = readSigningKey(keys.privatePem).privateKey.export({ format: 'jwk' });
  expect(() => readTrustedKeys(JSON.stringify({ keys: [jwk] }))).toThrow('the trusted keys hold a private key');
  expect(() => readTrustedKeys('hunter2')).toThrow('the trusted keys are no JWK set');
  expect(() => readSigningKey('hunter2')).toThrow('the signing key is no PEM of a private key');
});
