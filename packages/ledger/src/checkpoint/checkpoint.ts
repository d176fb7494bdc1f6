import { createHash, sign, verify } from 'node:crypto';
import canonicalize from 'canonicalize';
import { shardCount, zeroHash } from '#chain/entry-form.ts';
import type { CheckpointSigningKey, TrustedKeys } from '#checkpoint/checkpoint-keys.ts';

const typ = 'ledger-checkpoint+jws';
const version = 1;
const jwsLengthMax = 16_384;

/** The end of a shard: position 0 and 32 zero bytes before its first entry. Hashes in hexadecimal. */
export interface ShardHead {
  readonly position: number;
  readonly hash: string;
}

/** What is signed: where every shard stood, and which checkpoint came before. Hashes in base64url but for the heads. */
export interface Checkpoint {
  /** From 1, without gaps. */
  readonly number: number;
  readonly previousHash: string;
  readonly signedAt: Date;
  /** By shard, from 0. */
  readonly heads: readonly ShardHead[];
  /** Of the entries since the checkpoint before. */
  readonly manifestHash: string;
}

/** A checkpoint as it is kept: a compact JWS (RFC 7515), and the manifest of the entries it adds. */
export interface SignedCheckpoint {
  readonly number: number;
  readonly jws: string;
  readonly manifest: Uint8Array;
}

/** A checkpoint that proves nothing. The message says why. */
export class CheckpointInvalid extends Error {
  override readonly name = 'CheckpointInvalid';
}

/** The head of a shard that has no entry. */
const emptyHead: ShardHead = { position: 0, hash: Buffer.from(zeroHash).toString('hex') };

/** Where every shard stands before the first checkpoint. */
export const emptyHeads: readonly ShardHead[] = Array.from({ length: shardCount }, () => emptyHead);

/** `previousHash` of the first checkpoint. */
export const noCheckpointHash = Buffer.from(zeroHash).toString('base64url');

/** SHA-256 of a signed checkpoint, its signature included: what the next one names. */
export function checkpointHash(jws: string): string {
  return createHash('sha256').update(jws).digest('base64url');
}

/** Signs a checkpoint with ES256 (RFC 7518 §3.4) over its canonical form (RFC 8785). */
export function signCheckpoint(checkpoint: Checkpoint, key: CheckpointSigningKey): string {
  const payload = canonicalize({ ...checkpoint, signedAt: checkpoint.signedAt.toISOString(), version });
  const header = JSON.stringify({ alg: 'ES256', kid: key.keyId, typ });
  const input = `${encode(header)}.${encode(payload ?? '')}`;
  const signature = sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

/** Reads a checkpoint whose signature verifies under one of the keys. @throws CheckpointInvalid */
export function readCheckpoint(jws: string, keys: TrustedKeys): Checkpoint {
  const [header = '', payload = '', signature = '', ...rest] = jws.length <= jwsLengthMax ? jws.split('.') : [];
  const { alg, typ: kind, kid } = decode(header) as Record<string, unknown>;
  if (rest.length > 0 || alg !== 'ES256' || kind !== typ || typeof kid !== 'string') {
    throw new CheckpointInvalid('it is no signed checkpoint');
  }
  const key = keys.get(kid);
  if (key === undefined) throw new CheckpointInvalid('it was signed with a key that is not trusted');
  const bytes = Buffer.from(signature, 'base64url');
  if (!verify('sha256', Buffer.from(`${header}.${payload}`), { key, dsaEncoding: 'ieee-p1363' }, bytes)) {
    throw new CheckpointInvalid('its signature does not verify');
  }
  const { version: signedVersion, signedAt, ...checkpoint } = decode(payload) as Checkpoint & { version: number };
  if (signedVersion !== version) throw new CheckpointInvalid(`its version ${signedVersion} is not known`);
  return { ...checkpoint, signedAt: new Date(signedAt) };
}

/** Why a checkpoint cannot follow another one; undefined when it can. */
export function successionProblem(checkpoint: Checkpoint, before: TrailCheckpoint | undefined): string | undefined {
  const heads = before?.heads ?? emptyHeads;
  if (checkpoint.number !== (before?.number ?? 0) + 1) return 'its number is not the next one';
  if (checkpoint.previousHash !== (before?.jwsHash ?? noCheckpointHash)) return 'it follows another checkpoint';
  if (checkpoint.heads.length !== shardCount) return 'it does not tell of every shard';
  const back = checkpoint.heads.findIndex((head, shard) => head.position < (heads[shard]?.position ?? 0));
  if (back >= 0) return `shard ${back} is shorter than in the checkpoint before`;
  const other = checkpoint.heads.findIndex(
    ({ position, hash }, shard) => position === heads[shard]?.position && hash !== heads[shard].hash,
  );
  return other < 0 ? undefined : `shard ${other} ends with another entry than in the checkpoint before`;
}

/** A checkpoint that was found good, with the hash by which the next one names it. */
export interface TrailCheckpoint extends Checkpoint {
  readonly jwsHash: string;
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}

function decode(part: string): object {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Not JSON: said below.
  }
  throw new CheckpointInvalid('it is no signed checkpoint');
}
