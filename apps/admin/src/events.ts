import type { OutboxEvent } from '@bank/database';
import type { Checkpoint } from '@bank/ledger';
import { CheckpointSignedSchema, encodeEvent } from '@bank/proto/events';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';

/** `audit.checkpoint_signed.v1`: where the ledger stood, for whoever may have to prove it later. */
export function checkpointSigned(
  { number, heads, signedAt }: Checkpoint,
  { jws, keyId }: { readonly jws: string; readonly keyId: string },
): OutboxEvent {
  return {
    subject: 'ledger',
    ...encodeEvent(CheckpointSignedSchema, {
      number: BigInt(number),
      heads: heads.map(({ position, hash }, shard) => {
        return { shard, position: BigInt(position), hash: Buffer.from(hash, 'hex') };
      }),
      jws,
      keyId,
      signedAt: timestampFromDate(signedAt),
    }),
  };
}
