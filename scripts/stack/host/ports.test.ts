import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createPorts, isPortFree } from '#stack/host/ports.ts';

const allFree = async () => true;
const allBut =
  (...taken: number[]) =>
  async (port: number) =>
    !taken.includes(port);

describe('createPorts', () => {
  it('gives the preferred port', async () => {
    expect(await createPorts({ isFree: allFree }).claim({ preferred: 8080 })).toBe(8080);
  });

  it('takes one that is easy to recognise when the preferred one is taken', async () => {
    expect(await createPorts({ isFree: allBut(8080) }).claim({ preferred: 8080 })).toBe(18_080);
  });

  it('never gives the same port twice, also not to claims at the same time', async () => {
    const ports = createPorts({ isFree: allFree });
    const claimed = await Promise.all(Array.from({ length: 20 }, () => ports.claim({ preferred: 4101 })));
    expect(new Set(claimed).size).toBe(20);
  });

  it('refuses a pinned port that is taken, by the name of its variable', async () => {
    const claim = createPorts({ isFree: allBut(9000) }).claim({ preferred: 9000, pinnedBy: 'GATEWAY_PORT' });
    await expect(claim).rejects.toThrow('GATEWAY_PORT: port 9000 is taken; free it or give another port');
  });

  it('refuses a port that two variables pin', async () => {
    const ports = createPorts({ isFree: allFree });
    await ports.claim({ preferred: 9000, pinnedBy: 'GATEWAY_PORT' });
    await expect(ports.claim({ preferred: 9000, pinnedBy: 'AUTH_HTTP_PORT' })).rejects.toThrow('AUTH_HTTP_PORT');
  });

  it('keeps away from the usual ports when it is to run beside others', async () => {
    const port = await createPorts({ random: true, isFree: allFree }).claim({ preferred: 8080 });
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_768);
  });
});

it('never hands out what another launcher has handed out, though nobody listens there yet', async () => {
  const launchers = Array.from({ length: 10 }, () => createPorts({ random: true, isFree: allFree }));
  const claims = launchers.flatMap((ports) => Array.from({ length: 30 }, () => ports.claim({ preferred: 8080 })));
  expect(new Set(await Promise.all(claims)).size).toBe(10 * 30);
});

it('sees whether something listens', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await isPortFree(port)).toBe(false);
  server.close();
  await once(server, 'close');
  expect(await isPortFree(port)).toBe(true);
});
