import { toUserStatus, userStateOf } from '@bank/composition';
import {
  ContactField,
  type FirebaseScrypt,
  type ImportedUser,
  ImportResult,
  UserService,
  WatchUsersKind,
} from '@bank/proto/user';
import { defineRpc } from '@bank/service-kit';
import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { createFirstAdmin } from '#features/activation/create-first-admin.ts';
import { inviteStaff } from '#features/activation/invite-staff.ts';
import { prepareInvitation } from '#features/activation/prepare-invitation.ts';
import { viewInvitation } from '#features/activation/view-invitation.ts';
import { resendVerification } from '#features/contact-change/resend-verification.ts';
import { exportUsers } from '#features/import/export-users.ts';
import { importUsers } from '#features/import/import-users.ts';
import type { ImportOutcome } from '#features/import/judge-lines.ts';
import { setRoles } from '#features/standing/set-roles.ts';
import { setUserStatus } from '#features/standing/set-user-status.ts';
import { describeContact } from '#features/user/describe-contact.ts';
import { getContact } from '#features/user/get-contact.ts';
import { batchGetUsers, getUser } from '#features/user/get-users.ts';
import { lookupUser } from '#features/user/lookup-user.ts';
import { showUser } from '#features/user/show-user.ts';
import { type UserNews, watchUsers } from '#features/user-watch/watch-users.ts';

const contactFields: Readonly<Record<number, string>> = {
  [ContactField.EMAIL]: 'email',
  [ContactField.PHONE]: 'phone',
};

type FoundUser = Awaited<ReturnType<typeof getUser>>;

export const userRpc = defineRpc<AppContext, typeof UserService>(UserService, {
  getUser: {
    access: 'service',
    handle: async (ctx, { userId }, call) => ({ user: toMessage(await getUser(ctx, { userId }, call), call.fields) }),
  },
  batchGetUsers: {
    access: 'service',
    async handle(ctx, { userIds }, call) {
      const users = await batchGetUsers(ctx, { userIds }, call);
      return { users: users.map((user) => toMessage(user, call.fields)) };
    },
  },
  watchUsers: {
    access: 'service',
    async *handle(ctx, { resumeToken, changesOnly }, call) {
      const request = { changesOnly, ...(resumeToken !== '' && { resumeToken }) };
      for await (const news of watchUsers(ctx, request, call)) yield toNews(news, call.fields);
    },
  },
  lookupUser: {
    access: 'staff',
    async handle(ctx, { identifier }, call) {
      const address = { kind: identifier.case, value: identifier.value };
      return { user: toMessage(await lookupUser(ctx, address, call)) };
    },
  },
  getContact: {
    access: 'service',
    async handle(ctx, { userId }, call) {
      const { email = '', phone = '', locale = '' } = await getContact(ctx, { userId }, call);
      return { userId, email, phone, locale };
    },
  },
  describeContact: {
    access: 'service',
    async handle(ctx, { userId }, call) {
      const { email = '', phone = '', phoneCodesFrom } = await describeContact(ctx, { userId }, call);
      const from = phoneCodesFrom && { phoneCodesFrom: timestampFromDate(phoneCodesFrom) };
      return { emailHint: email, phoneHint: phone, ...from };
    },
  },
  viewUser: {
    access: 'staff',
    async handle(ctx, { userId, unmask, noteId }, call) {
      const request = { userId, unmask: unmask.map((field) => contactFields[field]), ...(noteId !== '' && { noteId }) };
      const { user, email = '', phone = '' } = await showUser(ctx, request, call);
      return { user: toMessage(user), email, phone, locale: user.locale ?? '' };
    },
  },
  setUserStatus: {
    access: 'staff',
    async handle(ctx, { userId, status, noteId, approval }, call) {
      const move = { userId, status: userStateOf(status), noteId, ...(approval !== '' && { approval }) };
      return { user: toMessage(await setUserStatus(ctx, move, call)) };
    },
  },
  setRoles: {
    access: 'staff',
    async handle(ctx, { userId, roles, noteId, approval }, call) {
      return { user: toMessage(await setRoles(ctx, { userId, roles, noteId, approval }, call)) };
    },
  },
  resendVerification: {
    access: 'staff',
    async handle(ctx, { userId, noteId }, call) {
      await resendVerification(ctx, { userId, noteId }, call);
      return {};
    },
  },
  prepareInvitation: {
    access: 'staff',
    async handle(ctx, { email, roles }, call) {
      return { invitationId: await prepareInvitation(ctx, { email, roles }, call) };
    },
  },
  viewInvitation: {
    access: 'staff',
    async handle(ctx, { invitationId, noteId }, call) {
      const { email, roles, expiresAt } = await viewInvitation(
        ctx,
        { invitationId, ...(noteId !== '' && { noteId }) },
        call,
      );
      return { email, roles: [...roles], expiresAt: timestampFromDate(expiresAt) };
    },
  },
  inviteStaff: {
    access: 'staff',
    async handle(ctx, { invitationId, roles, noteId, approval }, call) {
      await inviteStaff(ctx, { invitationId, roles, noteId, approval }, call);
      return {};
    },
  },
  createFirstAdmin: {
    access: 'service',
    async handle(ctx, { email }, call) {
      const { activationUrl, expiresAt } = await createFirstAdmin(ctx, { email }, call);
      return { activationUrl, expiresAt: timestampFromDate(expiresAt) };
    },
  },
  importUsers: {
    access: 'service',
    async handle(ctx, { runId, dryRun, users, firebase }, call) {
      const request = {
        runId,
        dryRun,
        lines: users.map(toLine),
        ...(firebase && { firebase: toParameters(firebase) }),
      };
      return { outcomes: (await importUsers(ctx, request, call)).map(toOutcome) };
    },
  },
  exportUsers: {
    access: 'service',
    async *handle(ctx, request, call) {
      for await (const { email, phone, locale, acceptedTerms, passwordHash, ...user } of exportUsers(
        ctx,
        request,
        call,
      )) {
        const optional = { phone: phone ?? '', locale: locale ?? '', acceptedTerms: acceptedTerms ?? '' };
        yield { user: toMessage(user), email, ...optional, passwordHash: passwordHash ?? '' };
      }
    },
  },
});

const importResults = {
  created: ImportResult.CREATED,
  already: ImportResult.ALREADY,
  refused: ImportResult.REFUSED,
} as const;

/** A line as its feature reads it: what is empty is not there. */
function toLine({ $typeName: _, $unknown: __, createdAt, ...line }: ImportedUser) {
  const given = Object.entries(line).filter(([, value]) => value !== '');
  return { ...Object.fromEntries(given), ...(createdAt && { createdAt: timestampDate(createdAt) }) };
}

function toParameters({ signerKey, saltSeparator, rounds, memoryCost }: FirebaseScrypt) {
  return { signerKey: Buffer.from(signerKey), saltSeparator: Buffer.from(saltSeparator), rounds, memoryCost };
}

function toOutcome(outcome: ImportOutcome) {
  const result = importResults[outcome.kind];
  if (outcome.kind === 'refused') return { result, field: outcome.field, rule: outcome.rule };
  return { result, userId: outcome.userId ?? '' };
}

const newsKinds = {
  state: WatchUsersKind.STATE,
  change: WatchUsersKind.CHANGE,
  heartbeat: WatchUsersKind.HEARTBEAT,
} as const;

function toNews(news: UserNews, fields: ReadonlySet<string>) {
  const { resumeToken } = news;
  const kind = newsKinds[news.kind];
  if (news.kind === 'heartbeat') return { kind, resumeToken };
  const user = toUser(news.user, fields);
  return { kind, user, resumeToken, ...(news.kind === 'change' && { changedAt: timestampFromDate(news.changedAt) }) };
}

type ShownUser = Omit<FoundUser, 'contact' | 'locale'>;
type ToldUser = Exclude<UserNews, { kind: 'heartbeat' }>['user'];

const everyField: ReadonlySet<string> = new Set(['roles', 'emailVerified', 'phoneVerified', 'createdAt']);

/** A user as a service sees one, or, with every field, as staff do, to whom the caller table lists none. */
function toMessage({ id, emailVerifiedAt, phoneVerifiedAt, ...user }: ShownUser, fields = everyField) {
  const proven = { emailVerified: emailVerifiedAt !== null, phoneVerified: phoneVerifiedAt !== null };
  return toUser({ ...user, ...proven, userId: id }, fields);
}

/** Id, status and version; of the rest what the caller table lists. */
function toUser(user: ToldUser, fields: ReadonlySet<string>) {
  const { userId, status, version, roles, emailVerified, phoneVerified, createdAt } = user;
  return {
    userId,
    status: toUserStatus(status),
    version: BigInt(version),
    ...(fields.has('roles') && { roles: [...roles] }),
    ...(fields.has('emailVerified') && { emailVerified }),
    ...(fields.has('phoneVerified') && { phoneVerified }),
    ...(fields.has('createdAt') && { createdAt: timestampFromDate(createdAt) }),
  };
}
