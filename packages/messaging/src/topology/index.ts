export {
  type BrokerDefinitions,
  type BrokerUser,
  brokerDefinitions,
  type TopologyTuning,
  type VhostDefinitions,
  vhostDefinitions,
} from '#topology/definitions.ts';
export { type BrokerPermissions, type BrokerRole, brokerPermissions } from '#topology/permissions.ts';
export { type App, apps, type Destination, type PlatformSource, topology, type WorkQueue } from '#topology/topology.ts';
