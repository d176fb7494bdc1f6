/** Where the machine-readable contracts live, from the root of the repository. */
export const contractPaths = {
  generatedCode: 'packages/proto/src/gen',
  /** Kinds of second factors, a folder each, and the registries made of the folders. */
  factorTypes: 'apps/mfa/src/factor-types',
  openApi: 'docs/openapi.yaml',
  dataRights: 'docs/api/data-rights.md',
  /** What the last release promised; only `pnpm release` writes these three. */
  protoBaseline: 'proto/baseline.binpb',
  openApiBaseline: 'docs/openapi.baseline.yaml',
  baselineRecord: 'docs/baselines.json',
} as const;
