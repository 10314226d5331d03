import type { Command } from './command-context.ts';

/** The Redis whose clients' expectations are met. */
const REDIS_VERSION = '7.2.0';

/** HELLO [2|3 [AUTH user password] [SETNAME name]] */
export const hello: Command = (args, reply, _context, connection) => {
  if (args.count > 1) {
    const version = args.text(1);
    if (version !== '2' && version !== '3') return reply.error('NOPROTO unsupported protocol version');
    for (let i = 2; i < args.count; i++) {
      const option = args.text(i).toUpperCase();
      if (option === 'AUTH')
        return reply.error('WRONGPASS this cache knows no users; reach it over its socket file only');
      if (option !== 'SETNAME' || i + 1 >= args.count) return reply.error('ERR syntax error in HELLO');
      connection.name = args.text(++i);
    }
    reply.version = version === '3' ? 3 : 2;
  }
  reply.map(7);
  const pairs = { server: 'l1-cache', version: REDIS_VERSION, proto: reply.version, id: connection.id };
  for (const [name, value] of Object.entries({ ...pairs, mode: 'standalone', role: 'master' })) {
    reply.bulk(name);
    if (typeof value === 'number') reply.integer(value);
    else reply.bulk(value);
  }
  reply.bulk('modules');
  reply.array(0);
};

export const client: Command = (args, reply, _context, connection) => {
  switch (args.text(1).toUpperCase()) {
    case 'SETNAME':
      if (args.count !== 3) return reply.error("ERR wrong number of arguments for 'client|setname' command");
      // The list of clients has one a line, in words.
      if (!/^[!-~]*$/.test(args.text(2)))
        return reply.error('ERR Client names cannot contain spaces, newlines or special characters.');
      connection.name = args.text(2);
      return reply.simple('OK');
    case 'SETINFO':
    case 'NO-EVICT':
    case 'NO-TOUCH':
      return reply.simple('OK');
    case 'GETNAME':
      return connection.name === '' ? reply.nothing() : reply.bulk(connection.name);
    case 'ID':
      return reply.integer(connection.id);
    case 'INFO':
      return reply.bulk(`id=${connection.id} name=${connection.name} db=0 resp=${reply.version}\n`);
    default:
      return reply.error(`ERR CLIENT ${args.text(1).toUpperCase()} is not served`);
  }
};

/** Tools ask for the list of commands to help while typing; none is an answer they take. */
export const command: Command = (args, reply) => {
  const asked = args.count > 1 ? args.text(1).toUpperCase() : '';
  if (asked === 'COUNT') reply.integer(0);
  else if (asked === 'DOCS') reply.map(0);
  else reply.array(0);
};

export const config: Command = (args, reply, { values }) => {
  if (args.text(1).toUpperCase() !== 'GET') return reply.error('ERR only CONFIG GET is served');
  const known: Record<string, string> = {
    save: '',
    appendonly: 'no',
    maxmemory: String(values.cache.budgetBytes),
    'maxmemory-policy': 'allkeys-adaptive',
    databases: '1',
  };
  const asked = Array.from({ length: args.count - 2 }, (_, i) => args.text(i + 2).toLowerCase());
  const names = Object.keys(known).filter((name) => asked.includes(name) || asked.includes('*'));
  reply.map(names.length);
  for (const name of names) {
    reply.bulk(name);
    reply.bulk(known[name]!);
  }
};

export const info: Command = (_args, reply, context) => {
  const { values, clock } = context;
  const { hits, misses, evictions } = values.cache.stats();
  const lines = {
    '# Server': '',
    redis_version: REDIS_VERSION,
    redis_mode: 'standalone',
    server_name: 'l1-cache',
    uptime_in_seconds: Math.floor((clock.now() - context.startedMs) / 1000),
    '# Clients': '',
    connected_clients: context.connections(),
    '# Memory': '',
    used_memory: values.cache.chargedBytes,
    used_memory_dataset: values.cache.payloadBytes,
    maxmemory: values.cache.budgetBytes,
    maxmemory_policy: 'allkeys-adaptive',
    '# Persistence': '',
    loading: 0,
    '# Stats': '',
    total_commands_processed: context.commands,
    keyspace_hits: hits,
    keyspace_misses: misses,
    evicted_keys: evictions,
    '# Replication': '',
    role: 'master',
    '# Keyspace': '',
    ...(values.count > 0 && { db0: `keys=${values.count},expires=0,avg_ttl=0` }),
  };
  reply.bulk(
    Object.entries(lines)
      .map(([name, value]) => (name.startsWith('#') ? `${name}\r\n` : `${name}:${value}\r\n`))
      .join(''),
  );
};
