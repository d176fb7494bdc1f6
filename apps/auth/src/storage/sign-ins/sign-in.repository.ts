import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';

/** A sign-in whose password was right and which waits for its second half. */
export interface PendingSignIn {
  id: string;
  userId: UserId;
  clientId: string;
  subjectHash: Uint8Array;
  pool: string;
  method: 'emailed_code' | 'factor';
  createdAt: Date;
  expiresAt: Date;
}

/** A try of a code, with what it is compared with. */
export interface CodeAttempt extends PendingSignIn {
  codeHash: Uint8Array;
  codeExpiresAt: Date;
}

/** A sign-in that may ask for a code. */
interface AskingSignIn extends PendingSignIn {
  /** From when on; null before the first one. */
  nextCodeAt: Date | null;
}

/** How many codes may be sent for one sign-in or session, how long each lives, and how long the second waits for the first. */
export interface CodePauses {
  codesMax: number;
  lifeSeconds: number;
  pauseSeconds: number;
}

const columns = `id, user_id as "userId", client_id as "clientId", subject_hash as "subjectHash", pool, method,
  created_at as "createdAt", expires_at as "expiresAt"`;

/** Whether a sign-in is as it was begun: not closed, and not begun before everything of its user was ended. Takes the time. */
const isOpen = `closed_at is null and expires_at > ?
  and not exists (select 1 from auth.users u where u.id = sign_ins.user_id and u.cut_off_at >= sign_ins.created_at)`;

/** From when on another code is sent: the pause doubles with each. Takes the first pause and the life of a code. */
const nextCodeFrom = 'code_expires_at + make_interval(secs => ? * power(2, challenges - 1) - ?)';

/** Sign-ins between their two halves. */
export class SignInRepository extends Repository {
  async insert(s: PendingSignIn): Promise<void> {
    await this.affected(
      `insert into auth.sign_ins (id, user_id, client_id, subject_hash, pool, method, created_at, expires_at)
        values (?, ?, ?, ?, ?, ?, ?, ?)`,
      [s.id, s.userId, s.clientId, s.subjectHash, s.pool, s.method, s.createdAt, s.expiresAt],
    );
  }

  /** A sign-in that may still be completed. */
  findOpen(id: string, now: Date): Promise<PendingSignIn | undefined> {
    return this.row(`select ${columns} from auth.sign_ins where id = ? and ${isOpen}`, [id, now]);
  }

  /** A sign-in that may ask for another code, and from when on; holds the row until the transaction ends. */
  holdToAsk(
    id: string,
    { codesMax, attemptsMax, pauseSeconds, lifeSeconds, now }: CodePauses & { attemptsMax: number; now: Date },
  ): Promise<AskingSignIn | undefined> {
    return this.row(
      `select ${columns}, ${nextCodeFrom} as "nextCodeAt" from auth.sign_ins
        where id = ? and method = 'emailed_code' and ${isOpen} and challenges < ? and attempts < ? for update`,
      [pauseSeconds, lifeSeconds, id, now, codesMax, attemptsMax],
    );
  }

  /** Puts a new code in place of the older one, of a sign-in that the transaction holds. */
  async challenge(id: string, code: { challengeId: string; codeHash: Uint8Array; expiresAt: Date }): Promise<void> {
    await this.affected(
      `update auth.sign_ins
        set challenge_id = ?, code_hash = ?, code_expires_at = ?, challenges = challenges + 1 where id = ?`,
      [code.challengeId, code.codeHash, code.expiresAt, id],
    );
  }

  /** A sign-in whose code may be tried, and holds the row until the transaction ends: whoever compares counts the try before. */
  holdForTry(
    id: string,
    attempt: { challengeId: string; attemptsMax: number; now: Date },
  ): Promise<CodeAttempt | undefined> {
    return this.row(
      `select ${columns}, code_hash as "codeHash", code_expires_at as "codeExpiresAt" from auth.sign_ins
        where id = ? and challenge_id = ? and attempts < ? and ${isOpen} for update`,
      [id, attempt.challengeId, attempt.attemptsMax, attempt.now],
    );
  }

  /** Counts one try of the code of a sign-in that the transaction holds. */
  async countTry(id: string): Promise<void> {
    await this.affected('update auth.sign_ins set attempts = attempts + 1 where id = ?', [id]);
  }

  /** Counts one try of a factor before mfa judges it; nothing when there is no such sign-in or its tries are used up. */
  claimFactorTry(
    id: string,
    { attemptsMax, now }: { attemptsMax: number; now: Date },
  ): Promise<PendingSignIn | undefined> {
    return this.row(
      `update auth.sign_ins set attempts = attempts + 1
        where id = ? and method = 'factor' and attempts < ? and ${isOpen}
        returning ${columns}`,
      [id, attemptsMax, now],
    );
  }

  /** Closes an open sign-in; false when somebody was faster. */
  async close(id: string, now: Date): Promise<boolean> {
    const sql = 'update auth.sign_ins set closed_at = ? where id = ? and closed_at is null';
    return (await this.affected(sql, [now, id])) === 1;
  }
}
