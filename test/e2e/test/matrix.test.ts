import { describePrivileges } from './matrix/privileges-matrix.ts';
import { describeOwnership, describeRoutes } from './matrix/rest-matrix.ts';
import { describeMethods } from './matrix/rpc-matrix.ts';
import { matrixWorld } from './matrix/world.ts';

// The expected answers are written by hand: matrix/rest-table.ts and matrix/rpc-table.ts.
const world = matrixWorld();

describeRoutes(world);
describeOwnership(world);
describeMethods(world);
describePrivileges(world);
