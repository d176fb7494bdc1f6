import { describe, expect, test } from 'vitest';
import { runningSandbox } from './running.ts';

const hostile = '<img src=x onerror=alert(1)>"\'&';

describe('the page', () => {
  test('shows messages and escapes everything in them', async () => {
    const { at, send } = await runningSandbox();
    await send({ to: 'ada@bank.example', subject: hostile, text: hostile, headers: { 'X-Template': hostile } });
    const page = await (await fetch(at('/'))).text();
    expect(page).toContain('ada@bank.example');
    expect(page).not.toContain('<img');
    expect(page.match(/&lt;img src=x onerror=alert\(1\)&gt;/g)?.length).toBeGreaterThanOrEqual(3);
  });

  test('makes links of web addresses only, and they cannot break out', async () => {
    const { at, send } = await runningSandbox();
    await send({ to: 'ada@bank.example', text: 'open https://bank.example/r?a=1&b="><script> or javascript:alert(1)' });
    const page = await (await fetch(at('/'))).text();
    expect(page).toContain('<a href="https://bank.example/r?a=1&amp;b=" target="_blank"');
    expect(page).not.toMatch(/"><script>|href="javascript:/);
  });

  test('needs nothing from elsewhere', async () => {
    const { at } = await runningSandbox();
    const answer = await fetch(at('/'));
    expect(await answer.text()).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test('documents which input leads to which outcome', async () => {
    const { at } = await runningSandbox();
    const page = await (await fetch(at('/'))).text();
    for (const mailbox of ['bounce', 'full', 'defer', 'flaky', 'slow', 'mute']) expect(page).toContain(`${mailbox}@…`);
  });

  test('learns cheaply that nothing has changed', async () => {
    const { at, send } = await runningSandbox();
    const first = await fetch(at('/list'));
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
    expect((await fetch(at('/list'), { headers })).status).toBe(304);
    await send({ to: 'ada@bank.example' });
    expect((await fetch(at('/list'), { headers })).status).toBe(200);
  });
});

describe('a message by itself', () => {
  test('as HTML can run nothing and load nothing', async () => {
    const { at, send, messages } = await runningSandbox();
    await send({ to: 'ada@bank.example', html: '<script>alert(1)</script><p>hi</p>' });
    const [message] = await messages();
    const answer = await fetch(at(`/messages/${message?.id}/html`));
    expect(await answer.text()).toContain('<p>hi</p>');
    expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/);
  });

  test('as it came over the wire, its Message-ID included', async () => {
    const { at, send, messages } = await runningSandbox();
    await send({ to: 'ada@bank.example', messageId: '<d1@bank.example>' });
    const [message] = await messages();
    const answer = await fetch(at(`/messages/${message?.id}/source`));
    expect(answer.headers.get('content-type')).toContain('text/plain');
    expect(await answer.text()).toContain('Message-ID: <d1@bank.example>');
  });

  test('404 when there is none', async () => {
    const { at } = await runningSandbox();
    expect((await fetch(at('/messages/none/html'))).status).toBe(404);
    expect((await fetch(at('/messages/none/source'))).status).toBe(404);
  });
});
