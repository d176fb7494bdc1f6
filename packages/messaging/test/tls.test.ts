import { Secret } from '@bank/domain';
import { type TestCertificates, type TestProxy, testCertificates, testProxy, until } from '@bank/testing';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createConsumers, createPublisher, type Publisher } from '#index.ts';
import { message, silent, testBroker, testMetrics } from './support/broker.ts';

describe('TLS to the broker (SR-68)', () => {
  let brokerUrl: string;
  let trusted: TestCertificates;
  let proxy: TestProxy | undefined;
  let publisher: Publisher | undefined;

  beforeAll(async () => {
    brokerUrl = (await testBroker()).url;
    trusted = await testCertificates();
  });

  afterEach(async () => {
    await publisher?.close();
    await proxy?.close();
  });

  async function secureUrl(names: { dns: string[]; ips: string[] }): Promise<Secret> {
    const { cert, key } = await trusted.issue({ name: 'broker', ...names });
    proxy = await testProxy(brokerUrl, { tls: { cert, key }, protocol: 'amqps:' });
    return new Secret(proxy.url);
  }

  it('carries messages both ways when the certificate is right', async () => {
    const address = { url: await secureUrl({ dns: ['localhost'], ips: ['127.0.0.1'] }), caFile: trusted.caFile };
    publisher = createPublisher({ ...address, service: 'auth', logger: silent });
    const received: string[] = [];
    const consumers = createConsumers({
      ...address,
      service: 'mfa',
      logger: silent,
      metrics: testMetrics(),
      consumers: [
        { name: 'note', queue: 'mfa.events', types: ['*'], handle: async (event) => received.push(event.id) },
      ],
    });
    await consumers.start();
    const sent = message('user.activated.v1');
    await publisher.publish([sent]);
    await until(() => received.includes(sent.id));
    await consumers.stop();
  });

  it('is refused when another authority signed the certificate', async () => {
    const { caFile } = await testCertificates();
    const url = await secureUrl({ dns: ['localhost'], ips: ['127.0.0.1'] });
    publisher = createPublisher({ url, caFile, service: 'auth', logger: silent });
    await expect(publisher.connect()).rejects.toMatchObject({ cause: { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' } });
  });

  it('is refused when the certificate is for another host', async () => {
    const url = await secureUrl({ dns: ['elsewhere.bank'], ips: [] });
    publisher = createPublisher({ url, caFile: trusted.caFile, service: 'auth', logger: silent });
    await expect(publisher.connect()).rejects.toMatchObject({ cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } });
  });
});
