import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { linkEntry, shardCount, shardOf } from '#chain/entry-form.ts';

const entry = {
  id: '019aa000-0000-7000-8000-000000000001',
  action: 'auth.sign_in.succeeded',
  actor: { kind: 'user', id: 'u1', sessionId: 's1', roles: ['customer'] },
  subject: 'u1',
  outcome: 'success',
  details: { b: 1, a: 'x' },
  source: 'auth',
  occurredAt: new Date('2026-11-23T12:00:00.123Z'),
};
const place = { shard: 3, position: 7, previousHash: new Uint8Array(32) };

test('the body is canonical: keys in order, no spaces, and its hash is its SHA-256', () => {
  const { body, hash } = linkEntry(entry, place);
  expect(body).toBe(
    '{"action":"auth.sign_in.succeeded","actor":{"id":"u1","kind":"user","roles":["customer"],"sessionId":"s1"},' +
      '"details":{"a":"x","b":1},"id":"019aa000-0000-7000-8000-000000000001","occurredAt":"2026-11-23T12:00:00.123Z",' +
      '"outcome":"success","position":7,"previousHash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",' +
      '"shard":3,"source":"auth","subject":"u1","version":1}',
  );
  expect(hash).toEqual(createHash('sha256').update(body).digest());
});

test('the hash follows from every part of the place', () => {
  const hash = linkEntry(entry, place).hash;
  expect(linkEntry(entry, { ...place, shard: 4 }).hash).not.toEqual(hash);
  expect(linkEntry(entry, { ...place, position: 8 }).hash).not.toEqual(hash);
  expect(linkEntry(entry, { ...place, previousHash: new Uint8Array(32).fill(1) }).hash).not.toEqual(hash);
});

test('subjects spread over all shards', () => {
  const shards = new Set(Array.from({ length: 500 }, (_, index) => shardOf(`subject-${index}`)));
  expect(shards.size).toBe(shardCount);
});
