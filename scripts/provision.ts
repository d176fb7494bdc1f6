// Fills the stores of `docker-compose.dev.yml` with databases, roles, tables, queues and users, and ends:
// `node scripts/provision.ts <folder of passwords>`, with the administrators' addresses in the environment.

import { describeFailure, StackError } from '#stack/host/stack-error.ts';
import { provisionBroker } from '#stack/provisioning/broker.ts';
import { provisionPostgres } from '#stack/run/provision.ts';
import { openSecretStore } from '#stack/secrets/secret-store.ts';
import { readSettings } from '#stack/settings/settings.ts';

const NAME = 'bank';

try {
  await provision(process.argv[2]);
} catch (error) {
  process.stderr.write(`error: ${describeFailure(error)}\n`);
  process.exitCode = 1;
}

async function provision(folder: string | undefined): Promise<void> {
  const { postgres, rabbitmq } = readSettings(process.env).given;
  if (folder === undefined || postgres === undefined || rabbitmq === undefined) {
    throw new StackError(
      'usage: node scripts/provision.ts <folder of passwords>; POSTGRES_URL and RABBITMQ_URL say where',
    );
  }
  const secrets = openSecretStore(folder);
  const report = (line: string) => process.stdout.write(`${line}\n`);
  const { url, ...ca } = postgres;
  await Promise.all([
    provisionPostgres({ adminUrl: url, ...ca }, NAME, { secrets, report }),
    provisionBroker(rabbitmq, NAME, (user) => secrets.password(user), report),
  ]);
  report('the stores are provisioned');
}
