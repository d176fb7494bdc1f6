/** `rt_<id>.<secret>`: renews a session once. */
export const refreshTokenPrefix = 'rt';

/** `dv_<id>.<secret>`: tells a device of a user from all others. */
export const deviceSecretPrefix = 'dv';
