// Stands in front of the replicas of a stack as a service name does in production: started by the launcher, with the ports.
import { type Forwarding, forward } from '#stack/balancer/forward.ts';

const forwardings: readonly Forwarding[] = JSON.parse(process.argv[2] ?? '[]');
const servers = await Promise.all(forwardings.map(forward));

process.once('SIGTERM', () => {
  for (const server of servers) server.close();
  process.exit(0);
});
