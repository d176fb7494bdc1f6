import { DeviceEntity } from '#storage/device.entity.ts';
import { SignInEntity } from '#storage/sign-in.entity.ts';

/** Every entity of the schema `device`: what the migrations are checked against. */
export const entities = [DeviceEntity, SignInEntity];
