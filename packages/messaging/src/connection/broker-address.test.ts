import { Secret } from '@bank/domain';
import { describe, expect, it } from 'vitest';
import { connectArguments } from '#connection/broker-address.ts';

describe('connectArguments', () => {
  it('adds a heartbeat and leaves one that was chosen', () => {
    expect(connectArguments({ url: new Secret('amqp://u:p@host/bank') }, 'a').url).toBe(
      'amqp://u:p@host/bank?heartbeat=10',
    );
    const chosen = 'amqp://u:p@host/bank?heartbeat=30';
    expect(connectArguments({ url: new Secret(chosen) }, 'a').url).toBe(chosen);
  });

  it('verifies certificates over amqps, with the authorities of the system unless told', () => {
    const { socketOptions } = connectArguments({ url: new Secret('amqps://host/bank') }, 'a');
    expect(socketOptions).not.toHaveProperty('rejectUnauthorized');
    expect(socketOptions).not.toHaveProperty('ca');
    expect(socketOptions.minVersion).toBe('TLSv1.2');
  });

  it.each([
    ['http://host', undefined, 'the address of RabbitMQ must begin with amqp:// or amqps://'],
    ['amqp://host', 'ca.pem', 'a CA file is given, but the address of RabbitMQ is not amqps://'],
  ])('refuses %s with the CA file %s', (url, caFile, problem) => {
    const address = { url: new Secret(url), ...(caFile === undefined ? {} : { caFile }) };
    expect(() => connectArguments(address, 'a')).toThrow(problem);
  });
});
