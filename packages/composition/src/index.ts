export { audiences } from '@bank/domain';
export { tlsFilesOf } from '#app-tls.ts';
export { createPeopleDirectory, type PeopleDirectory } from '#approvals/people-directory.ts';
export { type ApprovedRequest, type PresentedApproval, readApproval, useApproval } from '#approvals/use-approval.ts';
export { type AppParts, composeApp } from '#compose-app.ts';
export { appEnv } from '#env.ts';
export { createFoundations, type Foundations, type FoundationsOptions, type Overrides } from '#foundations.ts';
export type { KeyringFolder } from '#keyrings.ts';
export { createTokenVerifier } from '#token-verifier.ts';
