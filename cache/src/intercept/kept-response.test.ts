import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asResponse, KeptResponse, type ResponseParts } from './kept-response.ts';

const open = (parts: ResponseParts) => asResponse(new KeptResponse(parts));
const make = (text: string, type = 'application/json') =>
  open({
    bytes: Buffer.from(text),
    status: 200,
    statusText: 'OK',
    headers: { 'content-type': type, 'x-a': '1' },
    url: 'http://a/b',
  });
const plain = (text: string, type = 'application/json') =>
  new Response(text, { headers: { 'content-type': type, 'x-a': '1' }, statusText: 'OK' });

const READERS: Record<string, (response: Response) => Promise<unknown>> = {
  text: (response) => response.text(),
  json: (response) => response.json(),
  arrayBuffer: async (response) => [...new Uint8Array(await response.arrayBuffer())],
  bytes: async (response) => [...(await response.bytes())],
  blob: async (response) => {
    const blob = await response.blob();
    return [blob.type, await blob.text()];
  },
  body: async (response) => Buffer.concat(await Array.fromAsync(response.body!)).toString(),
  'clone, then both': async (response) => {
    const copy = response.clone();
    return [await copy.text(), await response.text()];
  },
  'a second read': async (response) => {
    await response.text();
    return response.json().catch((error) => [error.name, response.bodyUsed]);
  },
  'the body after a read': async (response) => {
    await response.text();
    return [response.bodyUsed, response.body?.locked];
  },
  'status and headers': async (response) => [
    response.ok,
    response.status,
    response.statusText,
    ...response.headers,
  ],
  'clone of a body looked at, then both': async (response) => {
    const body = response.body;
    const copy = response.clone();
    return [body?.locked, await copy.text(), copy.bodyUsed, await response.text()];
  },
  'clone of a body in use': async (response) => {
    response.body?.getReader();
    try {
      response.clone();
    } catch (error) {
      return (error as Error).name;
    }
  },
  'the body, with a buffer of the caller': async (response) => {
    const reader = response.body!.getReader({ mode: 'byob' });
    const first = await reader.read(new Uint8Array(4));
    return [first, await reader.read(new Uint8Array(64)), await reader.read(new Uint8Array(64))];
  },
  'what it is': async (response) => [response instanceof Response, Object.prototype.toString.call(response)],
};

for (const [name, read] of Object.entries(READERS))
  test(`it reads as a plain Response does: ${name}`, async () => {
    for (const text of ['{"a":[1,"é"]}', '\ufeff{"bom":true}', JSON.stringify('x'.repeat(200_000))])
      assert.deepEqual(await read(make(text)), await read(plain(text)));
  });

test('broken JSON rejects as a plain Response does', async () => {
  const errors = await Promise.all(
    [make('{'), plain('{')].map((each) => each.json().catch((error) => error.name)),
  );
  assert.deepEqual(errors, ['SyntaxError', 'SyntaxError']);
});

test('a caller who gives up before it reads gets its own reason', async () => {
  const controller = new AbortController();
  const parts = { bytes: Buffer.from('x'), status: 200, statusText: '', headers: {}, url: '' };
  const read = open({ ...parts, signal: controller.signal });
  assert.equal(await read.text(), 'x');
  const late = open({ ...parts, signal: controller.signal });
  controller.abort(new Error('enough'));
  await assert.rejects(late.text(), /enough/);
});

test('a caller who gives up while it reads gets its own reason', async () => {
  const readers: Record<string, (response: Response) => Promise<unknown>> = {
    ...READERS,
    formData: (response) => response.formData(),
    'body asked for before': ({ body }) => Array.fromAsync(body!),
  };
  for (const name of ['body', 'blob', 'formData', 'clone, then both', 'body asked for before']) {
    const controller = new AbortController();
    const parts = { bytes: Buffer.alloc(1000), status: 200, statusText: '', headers: {}, url: '' };
    const response = open({ ...parts, signal: controller.signal });
    if (name === 'body asked for before') response.body;
    controller.abort();
    await assert.rejects(readers[name]!(response), { name: 'AbortError' }, name);
  }
});

test('who has read part of a large body and gives up gets no more of it', async () => {
  const controller = new AbortController();
  const parts = { bytes: Buffer.alloc(200_000), status: 200, statusText: '', headers: {}, url: '' };
  const reader = open({ ...parts, signal: controller.signal }).body!.getReader();
  assert.equal((await reader.read()).done, false);
  controller.abort();
  await assert.rejects(reader.read(), { name: 'AbortError' });
});

test('a response that has been read has no more to lose when its caller gives up', async () => {
  const controller = new AbortController();
  const parts = { bytes: Buffer.from('x'), status: 200, statusText: '', headers: {}, url: '' };
  const response = open({ ...parts, signal: controller.signal });
  await response.text();
  controller.abort();
  assert.equal(response.body?.locked, true);
  await assert.rejects(response.text(), TypeError);
});

test('nobody can change the headers, as with what fetch brings', () => {
  const response = make('{}');
  for (const { headers } of [response, response.clone()]) {
    assert.throws(() => headers.set('x-a', '2'), TypeError);
    assert.throws(() => headers.append('x-a', '2'), TypeError);
    assert.throws(() => headers.delete('x-a'), TypeError);
    assert.deepEqual(
      [...headers],
      [
        ['content-type', 'application/json'],
        ['x-a', '1'],
      ],
    );
    assert.equal(new Headers(headers).get('x-a'), '1');
  }
  assert.equal(response.headers, response.headers);
});

test('what is made of a body that was looked at is still what fetch brought', async () => {
  const response = make('{}');
  response.body;
  const copy = response.clone();
  assert.deepEqual([copy.url, copy.type], ['http://a/b', 'basic']);
  assert.throws(() => copy.headers.set('x-a', '2'), TypeError);
});

test('a form is read as a plain Response reads it', async () => {
  const form = await make('a=1&b=2', 'application/x-www-form-urlencoded').formData();
  assert.deepEqual(
    [...form],
    [
      ['a', '1'],
      ['b', '2'],
    ],
  );
});

test('no reader can change what the next one gets', async () => {
  const bytes = Buffer.from('abc');
  const parts = { bytes, status: 200, statusText: '', headers: {}, url: '' };
  new Uint8Array(await open(parts).arrayBuffer()).fill(0);
  (await open(parts).bytes()).fill(0);
  for await (const chunk of open(parts).body!) chunk.fill(0);
  assert.equal(bytes.toString(), 'abc');
});
