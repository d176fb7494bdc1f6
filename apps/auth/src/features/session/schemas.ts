import { audiences, passwordLengthMax } from '@bank/domain';
import * as v from 'valibot';

const text = (max: number) => v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(max));

/** Which registered client asks, `usual` unless it says so. */
export function clientIdSchema(usual: string) {
  return v.optional(v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,31}$/, 'client_id')), usual);
}

export const ClientIdSchema = clientIdSchema('web');

/** A password that is presented: never cut, and too long to be anyone's before any hash runs (SR-2). */
export const PasswordSchema = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.check((password) => password.length <= passwordLengthMax * 4, 'too_long'),
);

/** A password that is chosen; the policy itself is `checkPassword`. */
export const NewPasswordSchema = v.pipe(v.string(), v.nonEmpty());

const platforms = ['web', 'android', 'ios', 'desktop'] as const;
export type DevicePlatform = (typeof platforms)[number];

/**
 * Names a product and not a person: it travels in events as it is and is shown to staff, so what does not belong in a model
 * code or a version number is left out instead of kept (SR-85). Nobody is kept from signing in by what a device is called.
 */
const code = (max: number) =>
  v.pipe(
    text(max),
    v.transform((given) =>
      given
        .replace(/[^A-Za-z0-9 ._,()/+-]+/g, '')
        .replace(/ +/g, ' ')
        .trim(),
    ),
  );

/**
 * What a client tells about the device it runs on. `secret` is what an earlier sign-in gave it. `name` is personal data, and
 * not kept here: its user names a device at the device service.
 */
export const DeviceSchema = v.strictObject({
  secret: v.optional(text(128)),
  name: v.optional(text(64)),
  platform: v.optional(v.picklist(platforms)),
  model: v.optional(code(64)),
  appVersion: v.optional(code(32)),
});
export type DeviceInput = v.InferOutput<typeof DeviceSchema>;

/** What whoever renews a session may say of it; nothing of it has to be said. */
export const renewalEntries = {
  clientId: v.optional(v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,31}$/, 'client_id'))),
  device: v.optional(DeviceSchema),
};

export const RefreshSchema = v.strictObject({
  refreshToken: v.optional(v.pipe(v.string(), v.maxLength(256))),
  ...renewalEntries,
});

export const TokensSchema = v.object({
  accessToken: v.string(),
  tokenType: v.picklist(['Bearer', 'DPoP']),
  expiresIn: v.number(),
  refreshToken: v.optional(v.string()),
  refreshExpiresIn: v.number(),
  sessionId: v.string(),
  acr: v.picklist(['aal1', 'aal2', 'aal3']),
  audience: v.picklist(Object.values(audiences)),
  device: v.optional(v.object({ id: v.string(), secret: v.optional(v.string()) })),
});

export const SessionSchema = v.object({
  id: v.string(),
  acr: v.picklist(['aal1', 'aal2', 'aal3']),
  amr: v.array(v.string()),
  authTime: v.string(),
  clientId: v.string(),
  deviceId: v.string(),
  createdAt: v.string(),
  lastUsedAt: v.string(),
  expiresAt: v.string(),
  current: v.boolean(),
  deviceName: v.nullable(v.string()),
  platform: v.nullable(v.string()),
  model: v.nullable(v.string()),
  network: v.nullable(v.string()),
});

export const CurrentSessionSchema = v.object({
  id: v.string(),
  acr: v.picklist(['aal1', 'aal2', 'aal3']),
  amr: v.array(v.string()),
  authTime: v.string(),
  deviceId: v.nullable(v.string()),
  expiresAt: v.pipe(
    v.string(),
    v.description('When the access token dies. When the session ends is `expiresAt` in the list of sessions.'),
  ),
});
