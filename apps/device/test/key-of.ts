import { request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { type DeviceKey, deviceKey } from '@bank/testing';
import type { DeviceApp } from './device-app.ts';
import { givenDevice } from './given-device.ts';

/** A user with a device, and a token of a session on it that was proved by a second factor just now. */
export interface Owner {
  readonly userId: string;
  readonly id: string;
  readonly sessionId: string;
  readonly token: string;
}

/** A challenge as it is answered, with the version of its device. */
export interface Asked {
  readonly challengeId: string;
  readonly ceremony: 'bind' | 'rotate';
  readonly challenge: string;
  readonly etag: string;
}

export async function givenOwner(app: DeviceApp, userId: string = uuidv7()): Promise<Owner> {
  const id = await givenDevice(app.ctx, userId);
  const sessionId = uuidv7();
  return { userId, id, sessionId, token: app.issuer.token({ userId, sessionId, deviceId: id, acr: 'aal2' }) };
}

export function askForKey(app: DeviceApp, { id, token }: Pick<Owner, 'id' | 'token'>) {
  return request(app.service, 'POST', `/v1/devices/${id}/key/challenge`, { token });
}

/** A challenge for the device of that user. */
export async function askedOf(app: DeviceApp, owner: Owner): Promise<Asked> {
  const { body, headers } = await askForKey(app, owner);
  return { ...(body as Omit<Asked, 'etag'>), etag: headers.get('etag') ?? '' };
}

export function putKey(app: DeviceApp, { id, token }: Pick<Owner, 'id' | 'token'>, etag: string, body: unknown) {
  return request(app.service, 'PUT', `/v1/devices/${id}/key`, { token, headers: { 'if-match': etag }, body });
}

/** What a device answers to a challenge: its new key, signed by it, and by the one before where there is one. */
export function answerOf({ id }: Pick<Owner, 'id'>, asked: Asked, key: DeviceKey, previous?: DeviceKey) {
  const { challengeId, ceremony, challenge } = asked;
  const lines = [`user-service.device-key.${ceremony}.v1`, id, challenge, key.thumbprint];
  return {
    challengeId,
    publicKey: key.jwk,
    signature: key.sign(...lines),
    ...(previous && { previousSignature: previous.sign(...lines) }),
  };
}

/** Binds a new key to a user's device. */
export async function givenKey(app: DeviceApp, owner: Owner, key = deviceKey()): Promise<DeviceKey> {
  const asked = await askedOf(app, owner);
  const { status } = await putKey(app, owner, asked.etag, answerOf(owner, asked, key));
  if (status !== 200) throw new Error(`the key was not bound: ${status}`);
  return key;
}
