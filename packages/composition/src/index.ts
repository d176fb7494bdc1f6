export { audiences } from '@bank/domain';
export { aboutUsers } from '#about-users.ts';
export { tlsFilesOf } from '#app-tls.ts';
export { createPeopleDirectory, type PeopleDirectory } from '#approvals/people-directory.ts';
export {
  type ApprovedRequest,
  type PresentedApproval,
  readApproval,
  requireUnchanged,
  useApproval,
} from '#approvals/use-approval.ts';
export { type AppParts, composeApp } from '#compose-app.ts';
export { type DataRightsParts, dataRightsRpc } from '#data-rights/data-rights-rpc.ts';
export { appEnv } from '#env.ts';
export { createFoundations, type Foundations, type FoundationsOptions, type Overrides } from '#foundations.ts';
export type { KeyringFolder } from '#keys/keyrings.ts';
export { notify } from '#notify.ts';
export { createTokenVerifier } from '#token-verifier.ts';
export { toUserStatus, userStateOf } from '#user-status.ts';
