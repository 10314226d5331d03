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
  'what it is': async (response) => [response instanceof Response, Object.prototype.toString.call(response)],
};

for (const [name, read] of Object.entries(READERS))
  test(`it reads as a plain Response does: ${name}`, async () => {
    for (const text of ['{"a":[1,"é"]}', '\ufeff{"bom":true}'])
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
