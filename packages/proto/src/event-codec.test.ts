import { readdirSync, readFileSync } from 'node:fs';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { SessionEndReason } from './auth.ts';
import { decodeEvent, encodeEvent, eventSchemas, eventTypeOf, MalformedEvent } from './event-codec.ts';
import { SessionRevokedSchema } from './events.ts';
import { UserSchema } from './user.ts';

const at = timestampFromDate(new Date('2026-01-02T03:04:05.678Z'));
const protoFolder = new URL('../../../proto/bank/events/v1/', import.meta.url);

describe('encodeEvent', () => {
  it('gives type, schema and protobuf JSON', () => {
    const init = { userId: 'u', sessionId: 's', reason: SessionEndReason.TOKEN_REUSE, revokedAt: at };
    expect(encodeEvent(SessionRevokedSchema, init)).toEqual({
      type: 'auth.session_revoked.v1',
      dataschema: 'proto:bank.events.v1.SessionRevoked',
      data: {
        userId: 'u',
        sessionId: 's',
        deviceId: '',
        reason: 'SESSION_END_REASON_TOKEN_REUSE',
        revokedAt: '2026-01-02T03:04:05.678Z',
      },
    });
  });

  it('refuses a message that is not an event', () => {
    expect(() => encodeEvent(UserSchema, {})).toThrow('bank.user.v1.User declares no event_type');
  });
});

describe('decodeEvent', () => {
  it('reads back what was encoded', () => {
    const { data } = encodeEvent(SessionRevokedSchema, { userId: 'u', revokedAt: at });
    expect(decodeEvent(SessionRevokedSchema, data)).toMatchObject({ userId: 'u', revokedAt: at });
  });

  it('ignores a field of a newer producer', () => {
    expect(decodeEvent(SessionRevokedSchema, { userId: 'u', madeUp: 1 })).toMatchObject({ userId: 'u' });
  });

  it('refuses data of another shape', () => {
    expect(() => decodeEvent(SessionRevokedSchema, { userId: 7 })).toThrow(MalformedEvent);
  });
});

describe('eventSchemas', () => {
  it('holds every message declared in proto/bank/events/v1, each under a type of its own', () => {
    const sources = readdirSync(protoFolder).map((name) => readFileSync(new URL(name, protoFolder), 'utf8'));
    const declared = sources.flatMap((text) => [...text.matchAll(/^message (\w+)/gm)].map((match) => match[1]));
    expect([...eventSchemas.values()].map((schema) => schema.name).sort()).toEqual(declared.sort());
  });

  it('has types of the form area.past_tense.vN', () => {
    for (const [type, schema] of eventSchemas) {
      expect(type).toMatch(/^[a-z_]+\.[a-z_]+\.v[1-9]\d*$/);
      expect(eventTypeOf(schema)).toBe(type);
    }
  });
});
