import { topology } from '@bank/messaging';
import { VerificationCompletedSchema } from '@bank/proto/kyc';
import { DeliveryUpdatedSchema } from '@bank/proto/notification';
import { createAdaptorServer } from '@hono/node-server';
import type { SandboxConfig } from '#config.ts';
import { inboxRoutes } from '#inbox/inbox.routes.ts';
import { Inbox } from '#inbox/inbox.ts';
import { auditRoutes } from '#protocols/audit/audit.routes.ts';
import { AuditProtocol } from '#protocols/audit/audit.ts';
import { createEventSender } from '#protocols/events/event-sender.ts';
import { FlutterwaveProtocol } from '#protocols/flutterwave/flutterwave.ts';
import { KmsProtocol } from '#protocols/kms/kms.ts';
import { kycRoutes } from '#protocols/kyc/kyc.routes.ts';
import { KycProtocol } from '#protocols/kyc/kyc.ts';
import { holderRoutes } from '#protocols/lookups/holders.routes.ts';
import { Holders } from '#protocols/lookups/outcomes.ts';
import { NotificationProtocol } from '#protocols/notification/notification.ts';
import { PaystackProtocol } from '#protocols/paystack/paystack.ts';
import type { HttpProtocol, Protocol } from '#protocols/protocol.ts';
import { SendgridProtocol } from '#protocols/sendgrid/sendgrid.ts';
import { createSmtpProtocol } from '#protocols/smtp/smtp.ts';
import { CloudinaryProtocol } from '#protocols/storages/cloudinary.ts';
import { S3Protocol } from '#protocols/storages/s3.ts';
import { TwilioProtocol } from '#protocols/twilio/twilio.ts';

/** What services of the platform tell of their own. */
const updated = { schema: DeliveryUpdatedSchema, source: '/notification' };
const completed = { schema: VerificationCompletedSchema, source: '/kyc' };

/** Between two states of a message that a carrier tells of. */
const pauseMs = 100;

export interface Sandbox {
  /** Listens on all protocols and gives their addresses by name. @throws Error naming what cannot listen */
  start(): Promise<Readonly<Record<string, string>>>;
  stop(): Promise<void>;
}

/** The composition of the sandbox: one inbox, the protocols that fill it, and the page that shows it. */
export function createSandbox(config: SandboxConfig): Sandbox {
  const inbox = new Inbox();
  const { host, smtpPort, slowMs } = config;
  const platform = createPlatform(config, inbox);
  const protocols: Protocol[] = [createSmtpProtocol({ inbox, host, port: smtpPort, slowMs }), ...platform.protocols];
  const holders = new Holders();
  const onHttp = [
    ...createCarriers(config, inbox),
    ...createStorages(config),
    ...createKeyManagement(config),
    ...createLookups(config, holders),
  ];
  const pages = inboxRoutes(inbox, [...protocols, ...onHttp]);
  for (const { name, routes } of onHttp) pages.route(`/${name}`, routes);
  pages.route('/', holderRoutes(holders));
  if (platform.audit !== undefined) pages.route('/', auditRoutes(platform.audit));
  if (platform.kyc !== undefined) pages.route('/', kycRoutes(platform.kyc));
  const http = createHttpListener(config, pages.fetch);
  return {
    async start() {
      const addresses: Record<string, string> = { inbox: await http.start() };
      for (const protocol of protocols) addresses[protocol.name] = await protocol.start();
      return addresses;
    },
    async stop() {
      for (const protocol of onHttp) protocol.stop();
      await Promise.all([http.stop(), ...protocols.map((protocol) => protocol.stop())]);
    },
  };
}

/** The carriers of messages that speak HTTP; none without accounts. */
function createCarriers({ slowMs, carriers: { twilio, sendgrid } }: SandboxConfig, inbox: Inbox): HttpProtocol[] {
  return [
    ...(twilio === undefined ? [] : [new TwilioProtocol({ inbox, account: twilio, pauseMs })]),
    ...(sendgrid === undefined ? [] : [new SendgridProtocol({ inbox, account: sendgrid, slowMs, pauseMs })]),
  ];
}

/** AWS' key management; none without an account. */
function createKeyManagement({ kms }: SandboxConfig): HttpProtocol[] {
  return kms === undefined ? [] : [new KmsProtocol(kms)];
}

/** Storages of files; none without accounts. */
function createStorages({ storages }: SandboxConfig): HttpProtocol[] {
  return [
    ...(storages?.s3 === undefined ? [] : [new S3Protocol(storages.s3)]),
    ...(storages?.cloudinary === undefined ? [] : [new CloudinaryProtocol(storages.cloudinary)]),
  ];
}

/** Those who are asked about accounts; none without keys. */
function createLookups(
  { slowMs, lookups: { paystack, flutterwave } = {} }: SandboxConfig,
  holders: Holders,
): HttpProtocol[] {
  return [
    ...(paystack === undefined ? [] : [new PaystackProtocol({ secretKey: paystack, holders, slowMs })]),
    ...(flutterwave === undefined ? [] : [new FlutterwaveProtocol({ secretKey: flutterwave, holders, slowMs })]),
  ];
}

/** What the platform serves us; nothing without certificates. */
function createPlatform({ host, slowMs, platform }: SandboxConfig, inbox: Inbox) {
  if (platform === undefined) return { protocols: [], audit: undefined, kyc: undefined };
  const { auditPort, broker, kycPort, notificationPort, tlsFolder } = platform;
  const { kyc: kycEvents, notification: notificationEvents } = topology.platform;
  const events = broker && createEventSender(broker, { ...updated, exchange: notificationEvents.exchange });
  const results = broker && createEventSender(broker, { ...completed, exchange: kycEvents.exchange });
  const audit = new AuditProtocol({ host, port: auditPort, tlsFolder, slowMs });
  const notification = new NotificationProtocol({ inbox, host, port: notificationPort, tlsFolder, slowMs, events });
  const kyc = new KycProtocol({ host, port: kycPort, tlsFolder, slowMs, events: results });
  return { protocols: [audit, notification, kyc], audit, kyc };
}

function createHttpListener(config: SandboxConfig, fetch: (request: Request) => Response | Promise<Response>) {
  const server = createAdaptorServer({ fetch });
  return {
    start(): Promise<string> {
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(config.httpPort, config.host, () => {
          const bound = server.address();
          resolve(
            `http://${config.host}:${typeof bound === 'object' && bound !== null ? bound.port : config.httpPort}`,
          );
        });
      });
    },
    stop(): Promise<void> {
      if (!server.listening) return Promise.resolve();
      return new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      });
    },
  };
}
