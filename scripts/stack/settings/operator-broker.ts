import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StackError } from '#stack/host/stack-error.ts';
import { writePrivately } from '#stack/secrets/secret-store.ts';

/** Where the operator commands reach RabbitMQ, as a user that reads only what was set aside. */
export interface OperatorBroker {
  readonly url: string;
  readonly caFile?: string;
}

/** Keeps the address for commands that are run beside the launcher. */
export function writeOperatorBroker(secretsFolder: string, broker: OperatorBroker): void {
  const file = brokerFile(secretsFolder);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writePrivately(file, JSON.stringify(broker, null, 2));
}

/**
 * `OPERATOR_RABBITMQ_URL` (with `OPERATOR_RABBITMQ_CA_FILE`) where it is set, which is how it is done in production, else the
 * broker of the development stack. @throws StackError when neither is there
 */
export function readOperatorBroker(secretsFolder: string, env: NodeJS.ProcessEnv): OperatorBroker {
  const { OPERATOR_RABBITMQ_URL: url, OPERATOR_RABBITMQ_CA_FILE: caFile } = env;
  if (url !== undefined && url !== '') {
    return caFile === undefined || caFile === '' ? { url } : { url, caFile };
  }
  const file = brokerFile(secretsFolder);
  if (!existsSync(file)) {
    throw new StackError('no stack runs here: run "npm start", or set OPERATOR_RABBITMQ_URL');
  }
  return JSON.parse(readFileSync(file, 'utf8')) as OperatorBroker;
}

/** Forgets the address, when the stack stops. */
export function removeOperatorBroker(secretsFolder: string): void {
  rmSync(brokerFile(secretsFolder), { force: true });
}

function brokerFile(secretsFolder: string): string {
  return join(secretsFolder, 'operator-broker.json');
}
