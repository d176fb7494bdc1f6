import { DomainError, errorCatalogue, isErrorCode } from '@bank/domain';
import { ErrorInfoSchema } from '@bank/proto/errors';
import { create, toBinary } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { describe, expect, it } from 'vitest';
import { fromConnectError, toConnectError } from '#rpc/error-map.ts';

/** The error as a client sees it: details in bytes. */
function overTheWire(error: ConnectError): ConnectError {
  const received = new ConnectError(error.rawMessage, error.code);
  received.details = error.details.map((detail) => {
    if (!('desc' in detail)) {
      return detail;
    }
    return { type: detail.desc.typeName, value: toBinary(detail.desc, create(detail.desc, detail.value)) };
  });
  return received;
}

const codes = Object.keys(errorCatalogue).filter(isErrorCode);

describe('the error map', () => {
  it.each(codes.filter((code) => code !== 'access.caller.unknown'))('%s comes back as itself', (code) => {
    const details = {
      retryAfterSeconds: 3,
      acr: 'aal2',
      maxAgeSeconds: 9,
      phishingResistant: true,
      errors: [{ path: 'a.b', rule: 'c' }],
    } as const;
    const sent = new DomainError(code, { reason: 'not for the wire', details });
    const wire = overTheWire(toConnectError(sent));
    const received = fromConnectError(wire, 'bank.x.v1.X/Y');
    expect(received.code).toBe(code);
    expect(received.details).toEqual(details);
    expect(JSON.stringify(wire.details) + wire.rawMessage).not.toContain('not for the wire');
  });

  it('makes the refusal of our own certificate an error of ours', () => {
    const wire = overTheWire(toConnectError(new DomainError('access.caller.unknown')));
    expect(fromConnectError(wire, 'bank.x.v1.X/Y').code).toBe('service.internal');
  });

  it.each<[Code, DomainError['code']]>([
    [Code.Unavailable, 'service.unavailable'],
    [Code.Aborted, 'service.unavailable'],
    [Code.Canceled, 'service.unavailable'],
    [Code.DeadlineExceeded, 'service.deadline'],
    [Code.ResourceExhausted, 'service.overloaded'],
    [Code.PermissionDenied, 'service.internal'],
    [Code.Unimplemented, 'service.internal'],
    [Code.Unknown, 'service.internal'],
  ])('understands an answer without a code of ours: %i', (code, expected) => {
    expect(fromConnectError(new ConnectError('x', code), 'bank.x.v1.X/Y').code).toBe(expected);
  });

  it.each(['EPIPE', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNABORTED', 'ECONNRESET'])(
    'understands %s as a callee that is away',
    (code) => {
      const cause = Object.assign(new Error('x'), { code });
      const error = new ConnectError('x', Code.Internal, undefined, undefined, cause);
      expect(fromConnectError(error, 'bank.x.v1.X/Y').code).toBe('service.unavailable');
    },
  );

  it('believes neither unknown codes nor rubbish in their details', () => {
    const info = (code: string, metadata: Record<string, string>) =>
      overTheWire(
        new ConnectError('x', Code.NotFound, undefined, [{ desc: ErrorInfoSchema, value: { code, metadata } }]),
      );
    expect(fromConnectError(info('no.such.code', {}), 'x').code).toBe('service.internal');
    const metadata = {
      acr: 'aal9',
      retryAfterSeconds: '-1',
      maxAgeSeconds: 'NaN',
      phishingResistant: 'yes',
      errors: '{',
    };
    expect(fromConnectError(info('user.not_found', metadata), 'x').details).toEqual({});
  });
});
