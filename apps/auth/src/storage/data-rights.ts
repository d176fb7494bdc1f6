import { consumedApprovals, declareDataRights } from '@bank/database';

const ofHisSessions = 'session_id in (select id from auth.sessions where user_id = ?)';

/** What this app keeps about people: what they are given of it, and what becomes of it when they are erased. */
export const dataRights = declareDataRights('auth', {
  personal: {
    refresh_tokens: { whose: ofHisSessions, exported: { withheld: 'hashes of secrets' }, erased: 'deleted' },
    step_up_codes: { whose: ofHisSessions, exported: { withheld: 'hashes of codes' }, erased: 'deleted' },
    transactions: {
      exported: {
        key: 'id',
        columns: { type: 'type', method: 'method', approvedAt: 'approved_at', consumedAt: 'consumed_at' },
      },
      erased: 'deleted',
    },
    sessions: {
      exported: {
        key: 'id',
        columns: {
          id: 'id',
          clientId: 'client_id',
          deviceId: 'device_id',
          acr: 'acr',
          amr: 'amr',
          authTime: 'auth_time',
          createdAt: 'created_at',
          lastUsedAt: 'last_used_at',
          endReason: 'end_reason',
        },
        sealed: [{ column: 'origin', group: 'origin' }],
      },
      erased: 'deleted',
    },
    devices: {
      exported: {
        key: 'id',
        columns: { id: 'id', createdAt: 'created_at', lastUsedAt: 'last_used_at', knownAt: 'known_at' },
      },
      erased: 'deleted',
    },
    sign_ins: { exported: { withheld: 'sign-ins under way, gone within minutes' }, erased: 'deleted' },
    contact_changes: {
      exported: {
        key: 'id',
        columns: { kind: 'kind', expiresAt: 'expires_at' },
        sealed: [{ column: 'address', group: ({ kind }) => String(kind) }],
      },
      erased: 'deleted',
    },
    email_reversions: {
      exported: { key: 'id', columns: { expiresAt: 'expires_at' }, sealed: [{ column: 'address', group: 'email' }] },
      erased: 'deleted',
    },
    recoveries: {
      exported: { key: 'id', columns: { stage: 'stage', proof: 'proof', dueAt: 'due_at', expiresAt: 'expires_at' } },
      erased: 'deleted',
    },
    password_resets: { exported: { withheld: 'hashes of links, gone within the hour' }, erased: 'deleted' },
    credentials: {
      exported: {
        key: 'user_id',
        columns: { passwordChangedAt: 'changed_at', passwordCompromisedAt: 'compromised_at' },
      },
      erased: 'deleted',
    },
    imported_users: {
      exported: { withheld: 'keyed hashes by which an import knows the user again' },
      erased: 'deleted',
    },
    password_history: { exported: { withheld: 'hashes of secrets' }, erased: 'deleted' },
    identifiers: {
      exported: { withheld: 'keyed hashes of the addresses, which auth.users has' },
      erased: 'deleted',
    },
    terms_acceptances: {
      exported: { key: 'id', columns: { version: 'version', acceptedAt: 'accepted_at' } },
      erased: { kept: 'what was agreed with the bank, which it must be able to show; a version and a time only' },
    },
    registrations: {
      exported: {
        key: 'id',
        columns: { locale: 'locale', acceptedTerms: 'accepted_terms', createdAt: 'created_at' },
        sealed: [{ column: 'contact', group: 'contact' }],
      },
      erased: 'deleted',
    },
    activations: {
      exported: {
        key: 'id',
        columns: { roles: 'roles', createdAt: 'created_at', consumedAt: 'consumed_at' },
        sealed: [{ column: 'contact', group: 'contact' }],
      },
      erased: 'deleted',
    },
    deliveries: {
      exported: {
        key: 'id',
        columns: {
          channel: 'channel',
          template: 'template',
          state: 'state',
          createdAt: 'created_at',
          settledAt: 'settled_at',
        },
      },
      erased: 'deleted',
    },
    revocations: {
      exported: { withheld: 'gone within minutes' },
      erased: { kept: 'tokens that are still about must go on being refused; gone within minutes, ids only' },
    },
    user_changes: {
      exported: { withheld: 'what other services were told of the user, who is exported as they are now' },
      erased: { kept: 'that the user was erased has to reach everybody; ids, states and times, gone within a month' },
    },
    approvals_consumed: consumedApprovals,
    users: {
      whose: 'id = ?',
      exported: {
        key: 'id',
        columns: {
          id: 'id',
          status: 'status',
          roles: 'roles',
          emailVerifiedAt: 'email_verified_at',
          phoneVerifiedAt: 'phone_verified_at',
          phoneCodesFrom: 'phone_codes_from',
          locale: 'locale',
          acceptedTerms: 'accepted_terms',
          statusChangedAt: 'status_changed_at',
          rolesChangedAt: 'roles_changed_at',
          staffSince: 'staff_since',
          createdAt: 'created_at',
          updatedAt: 'updated_at',
        },
        sealed: [{ column: 'contact', group: 'contact' }],
      },
      erased: {
        cleared: ['contact', 'locale'],
        because: 'the id is never used again: the row says that it is erased, with the roles and times it had',
      },
    },
  },
  impersonal: {
    clients: 'the registry of clients',
    passkey_sign_ins: 'challenges that nobody has answered yet, gone within minutes',
    callbacks: 'hashes of what carriers of messages told us',
    address_failures: 'keyed hashes of addresses, for a day',
    lockouts: 'keyed hashes of identifiers, for a day',
    signing_keys: 'keys of tokens',
    user_change_counter: 'how many changes of users there have been',
    revocation_lease: 'the process that publishes revocations',
  },
});
