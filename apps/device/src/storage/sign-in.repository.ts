import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { SignIn } from '#storage/sign-in.entity.ts';

const columns = `id, user_id as "userId", device_id as "deviceId", session_id as "sessionId", client_id as "clientId", acr,
  signed_in_at as "signedInAt", outcome, reason, amr, risk_score as "riskScore", risk_reasons as "riskReasons"`;

/** The history of attempts to sign in. */
export class SignInRepository extends Repository {
  /** Adds an attempt to the user's history. */
  async add(signIn: SignIn): Promise<void> {
    const { id, userId, deviceId, sessionId, clientId, acr, signedInAt, outcome, reason } = signIn;
    await this.affected(
      `insert into device.sign_ins (id, user_id, device_id, session_id, client_id, acr, signed_in_at, outcome, reason,
         amr, risk_score, risk_reasons)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        ...[id, userId, deviceId, sessionId, clientId, acr, signedInAt, outcome, reason],
        ...[signIn.amr, signIn.riskScore, signIn.riskReasons],
      ],
    );
  }

  /** A user's attempts, the newest first, from the one after `after` on. */
  list(userId: UserId, page: { after: string | undefined; limit: number }): Promise<SignIn[]> {
    return this.rows(
      `select ${columns} from device.sign_ins
       where user_id = ? and (?::uuid is null or id < ?) order by id desc limit ?`,
      [userId, page.after ?? null, page.after ?? null, page.limit],
    );
  }
}
