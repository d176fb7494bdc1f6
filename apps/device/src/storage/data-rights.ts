import { declareDataRights } from '@bank/database';

/** What this app keeps about people: what they are given of it, and what becomes of it when they are erased. */
export const dataRights = declareDataRights('device', {
  personal: {
    key_challenges: { exported: { withheld: 'questions that are gone within minutes' }, erased: 'deleted' },
    device_keys: {
      exported: {
        key: 'device_id',
        columns: {
          deviceId: 'device_id',
          algorithm: 'algorithm',
          thumbprint: 'thumbprint',
          boundAt: 'bound_at',
          rotatedAt: 'rotated_at',
          lastUsedAt: 'last_used_at',
        },
      },
      erased: 'deleted',
    },
    devices: {
      exported: {
        key: 'id',
        columns: {
          id: 'id',
          platform: 'platform',
          model: 'model',
          appVersion: 'app_version',
          firstSeenAt: 'first_seen_at',
          lastSeenAt: 'last_seen_at',
          trustedAt: 'trusted_at',
          removedAt: 'removed_at',
        },
        sealed: [{ column: 'name', group: ({ key }) => `name:${key}` }],
      },
      erased: 'deleted',
    },
    sign_ins: {
      exported: {
        key: 'id',
        columns: {
          signedInAt: 'signed_in_at',
          outcome: 'outcome',
          reason: 'reason',
          deviceId: 'device_id',
          clientId: 'client_id',
          acr: 'acr',
          amr: 'amr',
          riskScore: 'risk_score',
          riskReasons: 'risk_reasons',
        },
      },
      erased: 'deleted',
    },
  },
  impersonal: {},
});
