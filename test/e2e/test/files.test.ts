import { announcementOf, noisePicture } from '@bank/test-bed';
import { describe, expect, test } from 'vitest';
import { registerAccount } from '#account.ts';
import { expectStatus, GatewayClient } from '#client.ts';
import { sharedStack } from '#test-stack.ts';

const it = sharedStack();

interface Begun {
  readonly uploadId: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

describe('a picture of a customer', () => {
  test('goes through the gateway by its link, and comes back by another', { timeout: 60_000 }, async () => {
    const { addresses } = it.stack;
    const client = new GatewayClient(addresses.gateway);
    const { accessToken: token } = await registerAccount({ client, inboxUrl: addresses.sandbox.http });
    await client.sendUntil(({ status }) => status === 200, 5_000, 'GET', '/v1/profile', { token });
    const file = noisePicture(1100); // 3.6 MB: more than any other body may have
    const announced = { token, body: announcementOf(file) };
    const begun = expectStatus<Begun>(await client.send('POST', '/v1/profile/avatar', announced), 201);
    expect(new URL(begun.url).origin).toBe(new URL(addresses.gateway).origin);
    const put = () => fetch(begun.url, { method: 'PUT', headers: begun.headers, body: file });
    expect((await put()).status).toBe(204);
    const body = { uploadId: begun.uploadId };
    const { url } = expectStatus<{ url: string }>(
      await client.send('POST', '/v1/profile/avatar/complete', { token, body }),
      200,
    );
    const shown = await fetch(url);
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/webp']);
    expect((await shown.arrayBuffer()).byteLength).toBeGreaterThan(1000);
    expect((await fetch(url.replace(/signature=.{5}/, 'signature=AAAAA'))).status).toBe(403);
    expectStatus(await client.send('DELETE', '/v1/profile/avatar', { token }), 204);
    expect((await fetch(url)).status).toBe(404);
  });
});
