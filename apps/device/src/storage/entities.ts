import { DeviceEntity } from '#storage/device.entity.ts';
import { DeviceKeyEntity } from '#storage/device-key.entity.ts';
import { KeyChallengeEntity } from '#storage/key-challenge.entity.ts';
import { SignInEntity } from '#storage/sign-in.entity.ts';

/** Every entity of the schema `device`: what the migrations are checked against. */
export const entities = [DeviceEntity, DeviceKeyEntity, KeyChallengeEntity, SignInEntity];
