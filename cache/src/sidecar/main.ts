import { startSidecar } from './server.ts';

/*
 * The container's program. L1_SOCKET: file of the Unix socket. L1_PORT and L1_HOST: TCP, 127.0.0.1 unless said.
 * L1_BUDGET_BYTES: default 128 MiB. An empty one counts as not said. Ends at SIGTERM.
 */
const { L1_SOCKET, L1_PORT, L1_HOST, L1_BUDGET_BYTES } = process.env;
try {
  const sidecar = await startSidecar({
    budgetBytes: Number(L1_BUDGET_BYTES || 128 * 1024 * 1024),
    ...(L1_SOCKET && { socketPath: L1_SOCKET }),
    ...(L1_PORT && { port: Number(L1_PORT) }),
    ...(L1_HOST && { host: L1_HOST }),
  });
  console.log(
    `l1-cache: ready${L1_SOCKET ? ` on ${L1_SOCKET}` : ''}${sidecar.port ? ` on port ${sidecar.port}` : ''}`,
  );
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => void sidecar[Symbol.asyncDispose]().then(() => process.exit(0)));
} catch (error) {
  console.error(`l1-cache: ${(error as Error).message}`);
  process.exitCode = 1;
}
