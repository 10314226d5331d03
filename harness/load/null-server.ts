/** Answers every request at once with an empty 200: what is left is the load generator's own cost. */
import { createServer } from 'node:http';

const server = createServer((_request, response) => response.end());
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send!((server.address() as { port: number }).port));
process.on('disconnect', () => process.exit(0));
