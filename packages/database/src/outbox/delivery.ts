import type { JsonValue } from '@bank/domain';
import { Channel, type Delivery as DeliveryMessage, DeliverySchema } from '@bank/proto/deliveries';
import { type Keyring, openWith, sealWith } from '@bank/security';
import { create, fromJson, type MessageInitShape, toJson } from '@bufbuild/protobuf';
import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt';

/** A message to a person: by user id or, while an address is not a user's, by the address itself. */
export interface Delivery {
  readonly to: { readonly userId: string } | { readonly email: string } | { readonly phone: string };
  readonly channel: 'email' | 'sms';
  readonly template: string;
  /** BCP 47; the user's own unless given. */
  readonly locale?: string;
  readonly params: Readonly<Record<string, string>>;
  /** After this moment it is dropped unsent. */
  readonly expiresAt: Date;
}

/** A delivery as its consumer reads it. */
export interface OpenedDelivery {
  readonly to: { readonly userId: string } | { readonly address: string };
  readonly channel: 'email' | 'sms';
  readonly template: string;
  readonly locale: string | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
}

export const deliveryType = 'delivery.requested.v1';
export const deliveryDataschema = `proto:${DeliverySchema.typeName}`;

const channels = { email: Channel.EMAIL, sms: Channel.SMS } as const;
const utf8 = new TextEncoder();

/** The payload of a delivery: address and parameters sealed for this one message, so that they open in no other. */
export function sealDelivery(keys: Keyring, messageId: string, delivery: Delivery): JsonValue {
  const seal = (part: SealedPart, text: string) =>
    Buffer.from(sealWith(keys, utf8.encode(text), aadOf(messageId, part)));
  const message = create(DeliverySchema, {
    recipient: recipientOf(delivery.to, (address) => seal('address', address)),
    channel: channels[delivery.channel],
    template: delivery.template,
    locale: delivery.locale ?? '',
    sealedParameters: seal('parameters', JSON.stringify(delivery.params)),
    expiresAt: timestampFromDate(delivery.expiresAt),
  });
  return toJson(DeliverySchema, message);
}

/**
 * Opens the payload of a delivery under the id of the message that carried it. @throws SealBroken when it belongs to
 * another message or its key is gone, Error when it is not a delivery
 */
export function openDelivery(keys: Keyring, messageId: string, data: JsonValue): OpenedDelivery {
  const message = fromJson(DeliverySchema, data as Parameters<typeof fromJson>[1], { ignoreUnknownFields: true });
  const open = (part: SealedPart, sealed: Uint8Array) =>
    Buffer.from(openWith(keys, sealed, aadOf(messageId, part))).toString('utf8');
  const { recipient, expiresAt } = message;
  if (recipient.case === undefined || expiresAt === undefined) {
    throw new Error('a delivery needs a recipient and an expiry');
  }
  return {
    to: recipient.case === 'userId' ? { userId: recipient.value } : { address: open('address', recipient.value) },
    channel: channelOf(message),
    template: message.template,
    locale: message.locale === '' ? undefined : message.locale,
    params: JSON.parse(open('parameters', message.sealedParameters)) as Record<string, string>,
    expiresAt: timestampDate(expiresAt),
  };
}

type SealedPart = 'address' | 'parameters';

function aadOf(messageId: string, part: SealedPart): string {
  return JSON.stringify(['delivery', messageId, part]);
}

function recipientOf(
  to: Delivery['to'],
  sealAddress: (address: string) => Uint8Array<ArrayBuffer>,
): NonNullable<MessageInitShape<typeof DeliverySchema>['recipient']> {
  if ('userId' in to) {
    return { case: 'userId', value: to.userId };
  }
  return { case: 'sealedAddress', value: sealAddress('email' in to ? to.email : to.phone) };
}

function channelOf({ channel }: DeliveryMessage): 'email' | 'sms' {
  switch (channel) {
    case Channel.EMAIL:
      return 'email';
    case Channel.SMS:
      return 'sms';
    default:
      throw new Error('a delivery needs a channel');
  }
}
