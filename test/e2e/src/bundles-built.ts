import { buildBundles } from '@bank/test-bed';

/** Stacks run what is deployed: the bundles, built before any of them starts. */
export default function bundlesBuilt(): void {
  buildBundles();
}
