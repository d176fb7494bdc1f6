import { html, raw } from 'hono/html';
import type { InboxMessage } from '#inbox/inbox.ts';
import { pageScript, pageStyle } from '#inbox/page-assets.ts';
import type { Documented } from '#protocols/protocol.ts';

type Html = ReturnType<typeof html>;

/** The inbox as a page that needs nothing from elsewhere. Values are escaped by the `html` tag. */
export function inboxPage(messages: readonly InboxMessage[], protocols: readonly Documented[]): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sandbox inbox</title>
<style>${raw(pageStyle)}</style>
</head>
<body>
<header>
  <h1>Sandbox inbox</h1>
  <p>What the system has sent in this development stack. Nothing leaves it.</p>
  <button id="clear" type="button">Delete all</button>
</header>
<main id="messages" aria-live="polite">${messageList(messages)}</main>
<footer>${protocols.map(outcomeTable)}</footer>
<script>${raw(pageScript)}</script>
</body>
</html>`;
}

/** The list alone, which the page fetches again when something has changed. */
export function messageList(messages: readonly InboxMessage[]): Html {
  if (messages.length === 0) return html`<p class="empty">No messages yet.</p>`;
  return html`${messages.map(messageCard)}`;
}

function messageCard(message: InboxMessage): Html {
  return html`<details id="m-${message.id}">
<summary>
  <span class="channel">${message.channel}</span>
  <span class="subject">${message.subject || '(no subject)'}</span>
  <span class="to">${message.to}</span>
  <time datetime="${message.receivedAt}">${message.receivedAt.slice(11, 19)}</time>
</summary>
<p class="facts">${message.template === '' ? '' : html`template <b>${message.template}</b> · `}<a href="/messages/${message.id}/source">source</a></p>
<pre>${withLinks(message.text)}</pre>
${message.html === '' ? '' : html`<iframe title="The message as HTML" sandbox loading="lazy" src="/messages/${message.id}/html"></iframe>`}
</details>`;
}

/** Makes one-time links clickable; only the parts that are web addresses, and everything stays escaped. */
function withLinks(text: string): Html {
  const parts = text.split(/(https?:\/\/[^\s<>"']+)/);
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<a href="${part}" target="_blank" rel="noopener noreferrer">${part}</a>` : part))}`;
}

function outcomeTable(protocol: Documented): Html {
  return html`<h2>${protocol.name}: inputs and what they lead to</h2>
<table>${protocol.outcomes.map(({ input, outcome }) => html`<tr><td><code>${input}</code></td><td>${outcome}</td></tr>`)}</table>`;
}
