import { DeviceService } from '@bank/proto/device';
import { describe, expect, it } from 'vitest';
import { defineRpc } from '#rpc/define-rpc.ts';

describe('defineRpc', () => {
  it('wants every method, from the compiler and at load', () => {
    // @ts-expect-error: a method that says nothing about who may call it does not compile
    const incomplete = () => defineRpc<null, typeof DeviceService>(DeviceService, {});
    expect(incomplete).toThrow(/DeviceService\/AssessSignIn: not declared/);
  });

  it('wants every method to say who may call it', () => {
    const methods = { assessSignIn: { handle: async () => ({}) } };
    // @ts-expect-error: access is missing
    const silent = () => defineRpc<null, typeof DeviceService>(DeviceService, methods);
    expect(silent).toBeTypeOf('function');
  });
});
