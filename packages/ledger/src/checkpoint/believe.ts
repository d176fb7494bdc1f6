import {
  CheckpointInvalid,
  checkpointHash,
  readCheckpoint,
  type SignedCheckpoint,
  successionProblem,
  type TrailCheckpoint,
} from '#checkpoint/checkpoint.ts';
import type { TrustedKeys } from '#checkpoint/checkpoint-keys.ts';
import { manifestHash } from '#checkpoint/manifest.ts';

/** A checkpoint that is signed, follows the one before and has the manifest that was signed. @throws CheckpointInvalid */
export function believe(
  next: SignedCheckpoint,
  before: TrailCheckpoint | undefined,
  keys: TrustedKeys,
): TrailCheckpoint {
  const checkpoint = readCheckpoint(next.jws, keys);
  const problem = successionProblem(checkpoint, before);
  if (problem !== undefined) throw new CheckpointInvalid(problem);
  if (next.number !== checkpoint.number) throw new CheckpointInvalid('it was signed with another number');
  if (manifestHash(next.manifest) !== checkpoint.manifestHash) {
    throw new CheckpointInvalid('its manifest is not the one that was signed');
  }
  return { ...checkpoint, jwsHash: checkpointHash(next.jws) };
}
