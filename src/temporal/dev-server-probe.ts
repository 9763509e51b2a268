/** Whether a dev server serves: its port accepts, its frontend answers, and a query may name all our search attributes. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from './search-attributes.js';

const PROBE_TIMEOUT_MS = 2_000;

/** Never throws. The port is tried first, because a gRPC channel that met a closed port waits a second before it tries again. */
export async function isServing(address: string): Promise<boolean> {
  if (!(await accepts(address))) return false;
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: PROBE_TIMEOUT_MS });
    const { workflowService } = connection;
    const query = SEARCH_ATTRIBUTES.map(({ name }) => `${name} is null`).join(' and ');
    await connection.withDeadline(Date.now() + PROBE_TIMEOUT_MS, () =>
      workflowService.countWorkflowExecutions({ namespace: 'default', query }),
    );
    return true;
  } catch {
    return false;
  } finally {
    await connection?.close();
  }
}

async function accepts(address: string): Promise<boolean> {
  const { hostname, port } = new URL(`tcp://${address}`);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
