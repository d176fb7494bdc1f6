import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { rolesOf } from '@bank/database';
import { type AppSurroundings, appEnvironment } from '#stack/apps/app-environment.ts';
import { callersFile, writeCallersFiles, writeEnvironmentFile } from '#stack/apps/app-files.ts';
import { sandboxLookupVariables } from '#stack/apps/lookup-variables.ts';
import { carrierVariables } from '#stack/apps/message-variables.ts';
import { type SandboxPorts, sandboxEnvironment } from '#stack/apps/sandbox.ts';
import { sandboxStorages } from '#stack/apps/storage-variables.ts';
import { filesFolder } from '#stack/containers/compose.ts';
import { writeFiles } from '#stack/containers/store-containers.ts';
import { makeDocsFolder } from '#stack/gateway/docs-folder.ts';
import { copyGatewayIncludes, renderGatewayConfig } from '#stack/gateway/gateway-config.ts';
import { brokerRoles, brokerUser, platformBroker } from '#stack/provisioning/broker.ts';
import { secretsFolder, tlsFolder } from '#stack/run/prepare.ts';
import { ensureCertificates, type TlsFiles } from '#stack/secrets/certificates.ts';
import { ensureCheckpointKeys } from '#stack/secrets/checkpoint-keys.ts';
import { ensureKeyrings, keyringFolder } from '#stack/secrets/keyrings.ts';
import { openSecretStore, type SecretStore, writePrivately } from '#stack/secrets/secret-store.ts';
import { type AppName, appNames, eachApp } from '#stack/settings/apps.ts';
import { defaultPorts, httpPortVariable, rpcPortVariable } from '#stack/settings/port-table.ts';
import { brokerAdministrator } from '#stack/stores/broker-config.ts';

const NAME = 'bank';

/** Where a container finds the files it was given, with the layout of a stack's folder of secrets. */
const inside = '/run/bank';
const checkpoints = '/run/checkpoints';
const storage = '/run/files';
const insideTls: TlsFiles = {
  caFile: `${inside}/ca.pem`,
  certFile: () => `${inside}/cert.pem`,
  keyFile: () => `${inside}/cert.key`,
};

const sandboxPorts: SandboxPorts = {
  http: port('SANDBOX_HTTP_PORT'),
  smtp: port('SANDBOX_SMTP_PORT'),
  audit: port('SANDBOX_AUDIT_PORT'),
  notification: port('SANDBOX_NOTIFICATION_PORT'),
  kyc: port('SANDBOX_KYC_PORT'),
};

// Only the gateway is published: whatever else reaches an app comes from a network of the engine.
const networksOfEngine = '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16';

/**
 * Writes everything that `docker-compose.dev.yml` mounts: configuration, certificates and secrets of a stack of its own, for each
 * container its own. Gives the file of variables with which Compose is to be run. May be called again: what exists is kept.
 */
export async function prepareWholeStack(folder: string): Promise<string> {
  const secrets = openSecretStore(secretsFolder(folder));
  const tls = await ensureCertificates(tlsFolder(folder));
  ensureKeyrings(secretsFolder(folder));
  ensureCheckpointKeys(secretsFolder(folder));
  writeCallersFiles(secretsFolder(folder));
  for (const store of ['postgres', 'redis', 'rabbitmq'] as const) {
    writeFiles(store, { folder, tuning: 'development', secrets, tls });
  }
  const around = surroundings(secrets, secretsFolder(folder));
  for (const app of appNames) {
    writeAppFiles(app, folder, tls, around);
  }
  filesFolder(folder, 'checkpoints');
  filesFolder(folder, 'files');
  writeSandboxFiles(folder, tls, around);
  writeGatewayFiles(folder, around);
  writeProvisionFiles(folder, tls, around);
  const file = join(folder, 'compose.env');
  const user = `${process.getuid?.() ?? 1000}:${process.getgid?.() ?? 1000}`;
  writePrivately(file, `STACK_FILES=${join(folder, 'containers')}\nSTACK_USER=${user}\n`);
  return file;
}

/** The environment of an app among containers: each is reached by its name. */
function containerEnvironment(app: AppName, around: AppSurroundings): Record<string, string> {
  const env = appEnvironment(app, around);
  const hosts = new Map<string, string>([
    [`127.0.0.1:${sandboxPorts.http}`, 'sandbox'],
    [`127.0.0.1:${sandboxPorts.smtp}`, 'sandbox'],
    [`127.0.0.1:${sandboxPorts.audit}`, 'audit'],
    [`127.0.0.1:${sandboxPorts.notification}`, 'notification'],
    [`127.0.0.1:${sandboxPorts.kyc}`, 'kyc'],
    ...appNames.flatMap((name): [string, string][] =>
      [around.ports[name].http, around.ports[name].rpc].map((port) => [`127.0.0.1:${port}`, name]),
    ),
  ]);
  const byName = ([name, value]: [string, string]) => {
    return [
      name,
      value
        .replace(`${around.secretsFolder}/`, `${inside}/`)
        .replace(/127\.0\.0\.1(:\d+)/g, (address, port) => `${hosts.get(address) ?? '127.0.0.1'}${port}`),
    ];
  };
  return {
    ...Object.fromEntries(Object.entries(env).map(byName)),
    HTTP_HOST: '0.0.0.0',
    RPC_HOST: '0.0.0.0',
    TRUSTED_PROXIES: networksOfEngine,
  };
}

function surroundings(secrets: SecretStore, folder: string): AppSurroundings {
  const url = (address: string, store: string, user: string) =>
    `${address.replace('//', `//${user}:${secrets.password(store)}@`)}`;
  const broker = url('amqps://rabbitmq:5671', 'rabbitmq', brokerAdministrator);
  return {
    name: NAME,
    postgres: { adminUrl: url('postgres://postgres:5432/postgres', 'postgres', 'postgres'), caFile: insideTls.caFile },
    redis: { url: url('rediss://redis:6379', 'redis', ''), caFile: insideTls.caFile },
    rabbitmq: { url: broker, managementUrl: 'http://rabbitmq:15672', caFile: insideTls.caFile },
    secrets,
    secretsFolder: folder,
    checkpointsFolder: checkpoints,
    storageFolder: storage,
    tls: insideTls,
    ports: appPorts(),
    gatewayUrl: `http://localhost:${defaultPorts['GATEWAY_PORT']}`,
    staffUrl: `http://localhost:${defaultPorts['GATEWAY_STAFF_PORT']}`,
    smtpUrl: `smtp://127.0.0.1:${sandboxPorts.smtp}`,
    sandboxUrl: `http://127.0.0.1:${sandboxPorts.http}`,
    platform: {
      audit: `https://127.0.0.1:${sandboxPorts.audit}`,
      notification: `https://127.0.0.1:${sandboxPorts.notification}`,
      kyc: `https://127.0.0.1:${sandboxPorts.kyc}`,
    },
    overrides: {},
  };
}

function port(variable: string): number {
  return defaultPorts[variable] ?? 0;
}

function appPorts(): AppSurroundings['ports'] {
  return eachApp((app) => ({ http: port(httpPortVariable(app)), rpc: port(rpcPortVariable(app)) }));
}

/** An app gets its own secrets and no other's. */
function writeAppFiles(app: AppName, folder: string, tls: TlsFiles, around: AppSurroundings): void {
  const files = filesFolder(folder, app);
  const copy = (source: string, target: string) => cpSync(source, join(files, target), { recursive: true });
  copy(tls.caFile, 'ca.pem');
  copy(tls.certFile(app), 'cert.pem');
  copy(tls.keyFile(app), 'cert.key');
  copy(callersFile(secretsFolder(folder), app), `${app}.rpc-callers.json`);
  copy(keyringFolder(secretsFolder(folder), app), join('keyrings', app));
  if (app === 'admin') {
    copy(join(secretsFolder(folder), 'checkpoints'), 'checkpoints');
  }
  writeEnvironmentFile(join(files, 'app.env'), containerEnvironment(app, around));
}

function writeSandboxFiles(folder: string, tls: TlsFiles, around: AppSurroundings): void {
  const files = filesFolder(folder, 'sandbox');
  cpSync(tls.caFile, join(files, 'ca.pem'));
  for (const service of ['audit', 'notification', 'kyc']) {
    cpSync(tls.certFile(service), join(files, `${service}.pem`));
    cpSync(tls.keyFile(service), join(files, `${service}.key`));
  }
  const broker = platformBroker(around.rabbitmq, NAME, around.secrets.password);
  const carriers = carrierVariables(around);
  const keyFile = carriers['SANDBOX_SENDGRID_WEBHOOK_KEY_FILE'] ?? '';
  cpSync(keyFile, join(files, basename(keyFile)));
  const env = {
    ...sandboxEnvironment(sandboxPorts, broker, inside),
    ...carriers,
    ...sandboxStorages(around.secrets),
    ...sandboxLookupVariables(around),
    SANDBOX_HOST: '0.0.0.0',
    SANDBOX_SENDGRID_WEBHOOK_KEY_FILE: `${inside}/${basename(keyFile)}`,
    // From its container the gateway is not at the address that browsers use.
    SANDBOX_SENDGRID_WEBHOOK_URL: 'http://gateway:8080/v1/webhooks/sendgrid',
  };
  writeEnvironmentFile(join(files, 'sandbox.env'), env);
}

function writeGatewayFiles(folder: string, { gatewayUrl, staffUrl }: AppSurroundings): void {
  const files = filesFolder(folder, 'gateway');
  const ports = appPorts();
  makeDocsFolder(join(files, 'docs'), undefined);
  copyGatewayIncludes(files);
  const config = renderGatewayConfig({
    folder: '/gateway',
    upstreams: eachApp((app) => [`${app}:${ports[app].http}`]),
    publicListen: '0.0.0.0:8080',
    staffListen: '0.0.0.0:8090',
    workers: '1',
    origins: [gatewayUrl, staffUrl],
    docsFolder: '/gateway/docs',
  });
  writePrivately(join(files, 'nginx.conf'), config);
}

/** The administrators' addresses, and every password that is given to a role or user. */
function writeProvisionFiles(folder: string, tls: TlsFiles, { postgres, rabbitmq, secrets }: AppSurroundings): void {
  const files = filesFolder(folder, 'provision');
  for (const role of appNames.flatMap((app) => Object.values(rolesOf(app)))) secrets.password(role);
  for (const role of brokerRoles) secrets.password(brokerUser(NAME, role));
  cpSync(join(secretsFolder(folder), 'passwords.json'), join(files, 'passwords.json'));
  cpSync(tls.caFile, join(files, 'ca.pem'));
  const management = `http://${brokerAdministrator}:${secrets.password('rabbitmq')}@rabbitmq:15672`;
  writeEnvironmentFile(join(files, 'provision.env'), {
    POSTGRES_URL: postgres.adminUrl,
    POSTGRES_CA_FILE: insideTls.caFile,
    RABBITMQ_URL: rabbitmq.url,
    RABBITMQ_CA_FILE: insideTls.caFile,
    RABBITMQ_MANAGEMENT_URL: management,
  });
}
