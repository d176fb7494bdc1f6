import { type Foundations, tlsFilesOf } from '@bank/composition';
import type { UserId } from '@bank/domain';
import { UserService } from '@bank/proto/user';
import { createRpcClient } from '@bank/service-kit';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { Config } from '#config.ts';

/** Where codes for a user may go: masked, and only what is proven. */
export interface Addresses {
  readonly email: string | undefined;
  readonly phone: string | undefined;
  /** Until then the number gets no codes. */
  readonly phoneCodesFrom: Date | undefined;
}

/** Knows which addresses users have proven. */
export interface AddressDirectory {
  /** @throws service.unavailable, user.not_found */
  describe(userId: UserId): Promise<Addresses>;
}

/** Asks `auth` (UserService.DescribeContact), each time: what was true a moment ago is no answer here. */
export function createAddressDirectory(
  { logger, metrics }: Pick<Foundations, 'logger' | 'metrics'>,
  config: Config,
): AddressDirectory {
  const users = createRpcClient(UserService, {
    baseUrl: config.AUTH_RPC_URL,
    tls: tlsFilesOf(config),
    serverUri: 'spiffe://bank/app/auth',
    logger,
    metrics,
  });
  return {
    async describe(userId) {
      const { emailHint, phoneHint, phoneCodesFrom } = await users.describeContact({ userId });
      return {
        email: emailHint === '' ? undefined : emailHint,
        phone: phoneHint === '' ? undefined : phoneHint,
        phoneCodesFrom: phoneCodesFrom && timestampDate(phoneCodesFrom),
      };
    },
  };
}
