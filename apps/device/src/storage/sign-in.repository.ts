import { Repository } from '@bank/database';
import type { SignIn } from '#storage/sign-in.entity.ts';

/** The history of sign-ins. */
export class SignInRepository extends Repository {
  /** Adds a sign-in to the user's history. */
  async add(signIn: SignIn): Promise<void> {
    await this.affected(
      `insert into device.sign_ins (id, user_id, device_id, session_id, client_id, acr, signed_in_at)
       values (?, ?, ?, ?, ?, ?, ?)`,
      [signIn.id, signIn.userId, signIn.deviceId, signIn.sessionId, signIn.clientId, signIn.acr, signIn.signedInAt],
    );
  }
}
