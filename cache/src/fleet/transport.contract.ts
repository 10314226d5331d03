import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALL, type Transport, type TransportState } from './transport.ts';

/** Makes transports of one bus; `setDown` cuts it off, `setUp` brings it back at the same place. */
export interface Bus extends AsyncDisposable {
  connect(self: string): Promise<Transport>;
  setDown(): Promise<void>;
  setUp(): Promise<void>;
}

/** What every transport must do, whatever carries it. */
export function testTransport(name: string, openBus: () => Promise<Bus>): void {
  test(`${name}: a message to one pod reaches it alone, with its sender's name`, async () => {
    await using bus = await openBus();
    const { a, b, c } = await three(bus);
    a.transport.send('b', Buffer.from('to b'));
    a.transport.send(ALL, Buffer.from('end'));
    await Promise.all([b.hears(2), c.hears(1)]);
    assert.deepEqual(b.heard, ['a: to b', 'a: end']);
    assert.deepEqual(c.heard, ['a: end']);
  });

  test(`${name}: a message to all reaches all but the sender`, async () => {
    await using bus = await openBus();
    const { a, b, c } = await three(bus);
    a.transport.send(ALL, Buffer.from('hear'));
    b.transport.send('a', Buffer.from('end'));
    await Promise.all([a.hears(1), b.hears(1), c.hears(1)]);
    assert.deepEqual(a.heard, ['b: end']);
  });

  test(`${name}: bytes arrive as they were sent, up to 64 KiB`, async () => {
    await using bus = await openBus();
    const { a, b } = await three(bus);
    const message = Buffer.from(Array.from({ length: 65_536 }, (_, i) => (i * 7 + (i >> 8)) & 255));
    a.transport.send('b', message);
    message.toString('latin1');
    await b.hears(1);
    assert.equal(b.heard[0], `a: ${message.toString('latin1')}`);
  });

  test(`${name}: says when the bus is gone, and sending then neither throws nor hangs`, async () => {
    await using bus = await openBus();
    const { a } = await three(bus);
    assert.equal(a.state().state, 'up');
    await bus.setDown();
    await a.turns('down');
    a.transport.send(ALL, Buffer.from('lost'));
    a.transport.send('b', Buffer.from('lost'));
  });

  test(`${name}: says when the bus is back, and carries messages again`, async () => {
    await using bus = await openBus();
    const { a, b, c } = await three(bus);
    await bus.setDown();
    await Promise.all([a.turns('down'), b.turns('down'), c.turns('down')]);
    await bus.setUp();
    await Promise.all([a.turns('up'), b.turns('up'), c.turns('up')]);
    a.transport.send('b', Buffer.from('again'));
    c.transport.send(ALL, Buffer.from('all again'));
    await Promise.all([a.hears(1), b.hears(2)]);
    assert.deepEqual(a.heard, ['c: all again']);
    assert.deepEqual(b.heard.toSorted(), ['a: again', 'c: all again']);
  });
}

async function three(bus: Bus) {
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map(async (name) => listen(await bus.connect(name))));
  return { a: a!, b: b!, c: c! };
}

async function listen(transport: Transport) {
  const heard: string[] = [];
  let state: TransportState = { state: 'down', why: 'not started' };
  let changed = Promise.withResolvers<void>();
  const wake = () => {
    changed.resolve();
    changed = Promise.withResolvers<void>();
  };
  await transport.start(
    (from, message) => {
      heard.push(`${from}: ${Buffer.from(message).toString('latin1')}`);
      wake();
    },
    (now) => {
      state = now;
      wake();
    },
  );
  return {
    transport,
    heard,
    state: () => state,
    hears: async (count: number) => {
      while (heard.length < count) await changed.promise;
    },
    turns: async (to: TransportState['state']) => {
      while (state.state !== to) await changed.promise;
    },
  };
}
