import { hash } from 'node:crypto';
import { formVersion, shardOf } from '#chain/entry-form.ts';
import type { ShardHead } from '#checkpoint/checkpoint.ts';
import type { StoredEntry } from '#verify/entry-source.ts';
import type { LedgerProblem, ProblemRule } from '#verify/report.ts';

/** What a checkpoint says of one shard. */
export interface SignedHead extends ShardHead {
  readonly checkpoint: number;
}

/**
 * Follows the chain of one shard from a trusted head on, entry by entry, past every signed head. Pure: whoever feeds it
 * has read the entries. After a problem it is of no more use.
 */
export class ShardCheck {
  readonly shard: number;
  /** Entries since the last signed head that fitted; none in the open window. */
  readonly sinceSigned: StoredEntry[] = [];
  #head: ShardHead;
  #signedHead: ShardHead;
  #nextSigned = 0;
  readonly #signed: readonly SignedHead[];

  constructor(shard: number, start: ShardHead, signed: readonly SignedHead[]) {
    this.shard = shard;
    this.#head = start;
    this.#signedHead = start;
    this.#signed = signed.filter(({ position }) => position > start.position);
  }

  /** The last entry that was taken. */
  get head(): ShardHead {
    return this.#head;
  }

  /** The last signed head that fitted, after which `sinceSigned` begins. */
  get signedHead(): ShardHead {
    return this.#signedHead;
  }

  /** The signed head that comes next; undefined in the open window. */
  get nextSigned(): SignedHead | undefined {
    return this.#signed[this.#nextSigned];
  }

  /** The last position that is signed. */
  get signedUpTo(): number {
    return this.#signed.at(-1)?.position ?? this.#signedHead.position;
  }

  /** Takes the next entry, or tells what is wrong with it. */
  take(entry: StoredEntry): LedgerProblem | undefined {
    const problem = this.#placeProblem(entry) ?? this.#contentProblem(entry);
    if (problem !== undefined) return problem;
    this.#head = entry;
    if (this.nextSigned === undefined) return undefined;
    this.sinceSigned.push(entry);
    return this.#passSigned(entry);
  }

  /** What is wrong when no entry follows: a signed one is missing, or the stored head is not that of the last entry. */
  end(storedHead: ShardHead | undefined): LedgerProblem | undefined {
    const { shard, nextSigned: signed } = this;
    const position = this.#head.position + 1;
    if (signed !== undefined) {
      const message = `the entry is missing: checkpoint ${signed.checkpoint} signed the shard up to ${signed.position}`;
      return { rule: 'missing', shard, position, checkpoint: signed.checkpoint, message };
    }
    if (storedHead === undefined) return { rule: 'head', shard, position, message: 'the shard has no head' };
    if (storedHead.position > this.#head.position) {
      const message = `the entry is missing: the head of the shard stands at ${storedHead.position}`;
      return { rule: 'missing', shard, position, message };
    }
    if (storedHead.position !== this.#head.position || storedHead.hash !== this.#head.hash) {
      return { rule: 'head', shard, position: this.#head.position, message: 'the head is not that of the last entry' };
    }
    return undefined;
  }

  #placeProblem({ id, position, previousHash }: StoredEntry): LedgerProblem | undefined {
    const expected = this.#head.position + 1;
    if (position > expected) {
      return this.#problem(
        'missing',
        { position: expected },
        `the entry is missing: the next one stands at ${position}`,
      );
    }
    if (position < expected) return this.#problem('position', { id, position }, 'the position is taken twice');
    if (previousHash !== this.#head.hash) {
      return this.#problem('previous_hash', { id, position }, 'it does not follow from the entry before it');
    }
    return undefined;
  }

  #contentProblem(entry: StoredEntry): LedgerProblem | undefined {
    if (hash('sha256', entry.body, 'hex') !== entry.hash) {
      return this.#problem('body_hash', entry, 'its hash is not that of its body');
    }
    const body = parseBody(entry.body);
    if (body?.['version'] !== formVersion || entry.version !== formVersion) {
      return this.#problem('body', entry, 'its body has no form that is known');
    }
    const column = differingColumn(body, entry, this.shard);
    if (column !== undefined) return this.#problem('column', entry, `its ${column} is not that of its body`);
    if (shardOf(entry.subject) !== this.shard) {
      return this.#problem('shard_of_subject', entry, `its subject belongs to shard ${shardOf(entry.subject)}`);
    }
    return undefined;
  }

  /** Compares with the checkpoints that end at this entry. */
  #passSigned(entry: StoredEntry): LedgerProblem | undefined {
    let passed = false;
    for (let signed = this.nextSigned; signed?.position === entry.position; signed = this.nextSigned) {
      if (signed.hash !== entry.hash) {
        const message = `it is not the entry that checkpoint ${signed.checkpoint} signed`;
        return { ...this.#problem('not_signed', entry, message), checkpoint: signed.checkpoint };
      }
      this.#nextSigned += 1;
      passed = true;
    }
    if (passed) {
      this.#signedHead = { position: entry.position, hash: entry.hash };
      this.sinceSigned.length = 0;
    }
    return undefined;
  }

  #problem(rule: ProblemRule, at: { id?: string; position: number }, message: string): LedgerProblem {
    return { rule, shard: this.shard, position: at.position, ...(at.id !== undefined && { id: at.id }), message };
  }
}

function parseBody(text: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The first column that does not repeat what was hashed. */
function differingColumn(body: Record<string, unknown>, entry: StoredEntry, shard: number): string | undefined {
  const actor = body['actor'] as { id?: string } | undefined;
  if (body['id'] !== entry.id) return 'id';
  if (body['shard'] !== shard) return 'shard';
  if (body['position'] !== entry.position) return 'position';
  if (body['action'] !== entry.action) return 'action';
  if ((actor?.id ?? '') !== entry.actorId) return 'actor';
  if (body['subject'] !== entry.subject) return 'subject';
  if (body['outcome'] !== entry.outcome) return 'outcome';
  if (Date.parse(String(body['occurredAt'])) !== entry.occurredAtMs) return 'time';
  const previousHash = Buffer.from(entry.previousHash, 'hex').toString('base64url');
  return body['previousHash'] === previousHash ? undefined : 'previous hash';
}
