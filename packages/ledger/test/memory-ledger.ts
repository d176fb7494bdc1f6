import { manifestEntryBytes } from '#checkpoint/manifest.ts';
import type { EntriesSince } from '#checkpoint/read-entries-since.ts';
import {
  type CheckpointTable,
  checkpointHash,
  type EntryContent,
  type EntrySource,
  encodeManifest,
  formVersion,
  generateCheckpointKeys,
  linkEntry,
  manifestHash,
  noCheckpointHash,
  readEntriesSince,
  readSigningKey,
  readTrustedKeys,
  type SignedCheckpoint,
  type StoredEntry,
  signCheckpoint,
  type VerifyLedgerOptions,
  verifyLedger,
  verifyStretch,
  zeroHash,
} from '#index.ts';

const { privatePem, trustedKeys: jwks } = generateCheckpointKeys();
const signingKey = readSigningKey(privatePem);
const trustedKeys = readTrustedKeys(jwks);

/** Entries of a shard as they are stored, their whole chain computed. */
export function chainOf(shard: number, contents: readonly EntryContent[]): StoredEntry[] {
  let previous: Buffer = Buffer.from(zeroHash);
  return contents.map((content, index) => {
    const { body, hash } = linkEntry(content, { shard, position: index + 1, previousHash: previous });
    const { id, action, actor, subject, outcome, occurredAt } = content;
    const columns = { id, action, actorId: actor.id ?? '', subject, outcome, occurredAtMs: occurredAt.getTime() };
    const links = { previousHash: previous.toString('hex'), hash: hash.toString('hex') };
    previous = hash;
    return { ...columns, position: index + 1, version: formVersion, body, ...links };
  });
}

/** A source over chains in memory, by shard, whose heads are those of the chains. */
export function sourceOf(chains: ReadonlyMap<number, readonly StoredEntry[]>): EntrySource {
  const chain = (shard: number) => chains.get(shard) ?? [];
  return {
    async headOf(shard) {
      const last = chain(shard).at(-1);
      return { position: last?.position ?? 0, hash: last?.hash ?? Buffer.from(zeroHash).toString('hex') };
    },
    async entriesOf(shard, { after, upTo }, limit) {
      const isAfter = ({ position, id }: StoredEntry) =>
        position > after.position || (position === after.position && id > after.id);
      return chain(shard)
        .filter((entry) => isAfter(entry) && entry.position <= upTo)
        .slice(0, limit);
    },
    findStray: async () => undefined,
  };
}

/** The checkpoint after others over what the source has by then. */
export async function nextCheckpoint(
  before: SignedCheckpoint | undefined,
  source: EntrySource,
  heads: Parameters<typeof readEntriesSince>[1],
): Promise<{ signed: SignedCheckpoint; heads: NonNullable<typeof heads> }> {
  const since = await readEntriesSince(source, heads);
  return { signed: sign(before, since), heads: since.heads };
}

/** Signs the checkpoint after another one; a minute later. */
export function sign(before: SignedCheckpoint | undefined, { heads, entries }: EntriesSince): SignedCheckpoint {
  const manifest = encodeManifest(entries);
  const number = (before?.number ?? 0) + 1;
  const previousHash = before === undefined ? noCheckpointHash : checkpointHash(before.jws);
  const signedAt = new Date(Date.UTC(2026, 10, 23, 12, number));
  const checkpoint = { number, previousHash, signedAt, heads, manifestHash: manifestHash(manifest) };
  return { number, jws: signCheckpoint(checkpoint, signingKey), manifest };
}

/** Checkpoints in an array. */
export function storeOf(checkpoints: readonly SignedCheckpoint[]): CheckpointTable {
  return {
    async *readAfter(number) {
      yield* checkpoints.filter((checkpoint) => checkpoint.number > number);
    },
    last: async () => checkpoints.at(-1),
    manifestOf: async (number) => checkpoints.find((checkpoint) => checkpoint.number === number)?.manifest,
    async baseOf({ entriesMax, checkpointsMax }) {
      let [entries, base] = [0, 0];
      for (const { number, manifest } of checkpoints.slice(-checkpointsMax).reverse()) {
        entries += manifest.length / manifestEntryBytes;
        if (entries <= entriesMax || base === 0) base = number - 1;
      }
      return base;
    },
  };
}

/** Verifies chains in memory against checkpoints. */
export function verify(
  chains: ReadonlyMap<number, readonly StoredEntry[]>,
  checkpoints: readonly SignedCheckpoint[],
  pageSize = 4,
) {
  return verifyStored(sourceOf(chains), { table: storeOf(checkpoints) }, { pageSize });
}

/** Verifies a ledger from wherever its entries and checkpoints come. */
export function verifyStored(
  entries: EntrySource,
  checkpoints: VerifyLedgerOptions['checkpoints'],
  options: Pick<VerifyLedgerOptions, 'lookBack' | 'pageSize'>,
) {
  return verifyLedger({ entries, checkpoints, keys: trustedKeys, ...options });
}

/** Verifies a part of a ledger in memory. */
export function verifyPart(
  checkpoints: readonly SignedCheckpoint[],
  entries: EntrySource,
  part: { readonly after: number; readonly entriesMax: number },
) {
  return verifyStretch({ entries, table: storeOf(checkpoints), keys: trustedKeys, pageSize: 4, ...part });
}
