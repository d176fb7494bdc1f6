import { Repository } from '@bank/database';

/** Signed calls that were taken. */
export class KycCallbackRepository extends Repository {
  /** Notes that a call was taken; false when it was before. */
  async takeOnce(digest: Uint8Array, at: Date): Promise<boolean> {
    const taken = await this.affected(
      `insert into profile.kyc_callbacks (digest, received_at) values (?, ?)
        on conflict on constraint kyc_callbacks_pkey do nothing`,
      [digest, at],
    );
    return taken === 1;
  }
}
