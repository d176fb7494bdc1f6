export { type KeyManagementConfig, openKeyManagement } from '#keys/key-management.ts';
export { type KeyringFolder, openKeyringFolder } from '#keys/keyrings.ts';
