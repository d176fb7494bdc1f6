import { defaultStackFolder, readAddresses } from '@bank/scripts/stack';
import { type Exchange, GatewayClient } from '#client.ts';
import { firstJourney } from '#first-journey.ts';
import { passkeyJourney } from '#passkey-journey.ts';
import { staffActsJourney } from '#staff-acts-journey.ts';
import { tourStaff } from '#tour-staff.ts';

const shownMax = 48;

/** The main journey against the running stack, each request and answer printed. Exits 1 where a step goes another way. */
async function tour(): Promise<void> {
  const addresses = readAddresses(defaultStackFolder);
  if (addresses === undefined)
    throw new Error('the stack is not running: start it with "npm start" in another terminal');
  const announce = (step: string) => process.stdout.write(`\n\u001b[1m${step}\u001b[0m\n`);
  const place = { client: new GatewayClient(addresses.gateway, print), inboxUrl: addresses.sandbox.http, announce };
  const customer = await firstJourney(place);
  await passkeyJourney(place);
  const console = { client: new GatewayClient(addresses.staff, print), origin: addresses.staff, announce };
  await staffActsJourney(console, place, await tourStaff(console, addresses), customer);
  process.stdout.write('\nThat was the tour.\n');
}

function print(exchange: Exchange): void {
  const { method, path, requestBody, status, body, headers } = exchange;
  const etag = headers.get('etag');
  process.stdout.write(`  → ${method} ${path}${requestBody === undefined ? '' : `  ${readable(requestBody)}`}\n`);
  process.stdout.write(
    `  ← ${status}${etag === null ? '' : ` ETag ${etag}`}${body === undefined ? '' : `  ${readable(body)}`}\n`,
  );
}

/** JSON on one line, long values (tokens) cut. */
function readable(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'string' && part.length > shownMax ? `${part.slice(0, shownMax)}…` : part,
  );
}

try {
  await tour();
} catch (error) {
  process.stderr.write(`\ntour: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
