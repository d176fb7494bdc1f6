import { Repository } from '@bank/database';
import type { CodePauses } from '#storage/sign-ins/sign-in.repository.ts';

/** An emailed code of a session, as it is compared with. */
export interface StepUpCode {
  challengeId: string;
  codeHash: Uint8Array;
  codeExpiresAt: Date;
}

/** From when on another code is sent: the pause doubles with each. Takes the first pause and the life of a code. */
const nextCodeFrom = 'c.expires_at + make_interval(secs => ? * power(2, c.sent - 1) - ?)';

/** Codes that confirm who holds a session: one for each session. */
export class StepUpCodeRepository extends Repository {
  /** Puts a new code in place of the older, whose tries stay counted while it lives; false when enough have been sent, or one just now. */
  async replace(
    sessionId: string,
    code: StepUpCode,
    { codesMax, pauseSeconds, lifeSeconds, now }: CodePauses & { now: Date },
  ): Promise<boolean> {
    const replaced = await this.affected(
      `insert into auth.step_up_codes as c (session_id, challenge_id, code_hash, expires_at) values (?, ?, ?, ?)
        on conflict on constraint step_up_codes_pkey do update set
          challenge_id = excluded.challenge_id, code_hash = excluded.code_hash, expires_at = excluded.expires_at,
          attempts = case when c.expires_at > ? then c.attempts else 0 end,
          sent = case when c.expires_at > ? then c.sent + 1 else 1 end
          where c.expires_at <= ? or (c.sent < ? and ${nextCodeFrom} <= ?)`,
      [
        ...[sessionId, code.challengeId, code.codeHash, code.codeExpiresAt, now, now],
        ...[now, codesMax, pauseSeconds, lifeSeconds, now],
      ],
    );
    return replaced === 1;
  }

  /** From when on another code is sent to a session that has one: once the last is over when there were enough. */
  async findNextCode(
    sessionId: string,
    { codesMax, pauseSeconds, lifeSeconds }: CodePauses,
  ): Promise<Date | undefined> {
    const row = await this.row<{ from: Date }>(
      `select case when c.sent < ? then ${nextCodeFrom} else c.expires_at end as "from"
        from auth.step_up_codes c where c.session_id = ?`,
      [codesMax, pauseSeconds, lifeSeconds, sessionId],
    );
    return row?.from;
  }

  /** Counts one try of a code before it is compared, and holds the row until the transaction ends. */
  claimTry(
    sessionId: string,
    { attemptsMax, now }: { attemptsMax: number; now: Date },
  ): Promise<StepUpCode | undefined> {
    return this.row(
      `update auth.step_up_codes set attempts = attempts + 1
        where session_id = ? and attempts < ? and expires_at > ?
        returning challenge_id as "challengeId", code_hash as "codeHash", expires_at as "codeExpiresAt"`,
      [sessionId, attemptsMax, now],
    );
  }

  async remove(sessionId: string): Promise<void> {
    await this.affected('delete from auth.step_up_codes where session_id = ?', [sessionId]);
  }
}
