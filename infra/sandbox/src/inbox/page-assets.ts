export const pageStyle = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: #2557d6; }
@media (prefers-color-scheme: dark) { :root { --accent: #8fb0ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px 20px 60px; max-width: 900px; font: 15px/1.5 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 16px; margin-bottom: 16px; }
h1 { margin: 0; font-size: 22px; }
header p { margin: 0; flex: 1; opacity: .7; }
button { padding: 5px 12px; border: 1px solid var(--line); border-radius: 6px; background: none; color: inherit; font: inherit; cursor: pointer; }
.empty { padding: 60px 0; text-align: center; opacity: .6; }
details { border: 1px solid var(--line); border-radius: 8px; margin-bottom: 8px; }
summary { display: flex; gap: 12px; align-items: baseline; padding: 10px 14px; cursor: pointer; list-style: none; }
details[open] > summary { border-bottom: 1px solid var(--line); }
.channel { padding: 0 7px; border-radius: 5px; background: var(--soft); font-size: 12px; }
.subject { flex: 1; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.to { opacity: .75; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
time { opacity: .6; font-variant-numeric: tabular-nums; }
.facts { margin: 10px 14px 0; font-size: 13px; opacity: .8; }
pre { margin: 10px 14px; padding: 12px; border-radius: 6px; background: var(--soft); white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.5 ui-monospace, monospace; }
a { color: var(--accent); }
iframe { display: block; width: calc(100% - 28px); height: 420px; margin: 0 14px 14px; border: 1px solid var(--line); border-radius: 6px; background: #fff; }
footer { margin-top: 40px; font-size: 13px; opacity: .85; }
h2 { font-size: 13px; text-transform: uppercase; letter-spacing: .05em; opacity: .7; }
td { padding: 2px 20px 2px 0; vertical-align: top; }
`;

/** Asks for the list every two seconds and exchanges it when it has changed; open messages stay open. */
export const pageScript = `
const list = document.getElementById('messages');
let version = '';
async function refresh() {
  const answer = await fetch('/list', { headers: version ? { 'if-none-match': version } : {}, cache: 'no-store' });
  if (answer.status !== 200) return;
  version = answer.headers.get('etag') ?? '';
  const open = [...list.querySelectorAll('details[open]')].map((item) => item.id);
  const fresh = document.createRange().createContextualFragment(await answer.text());
  for (const id of open) fresh.getElementById(id)?.setAttribute('open', '');
  list.replaceChildren(fresh);
}
setInterval(() => refresh().catch(() => undefined), 2000);
refresh().catch(() => undefined);
document.getElementById('clear').addEventListener('click', async () => {
  await fetch('/api/messages', { method: 'DELETE' });
  await refresh();
});
`;
