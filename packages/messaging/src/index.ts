export * from '#topology/index.ts';
