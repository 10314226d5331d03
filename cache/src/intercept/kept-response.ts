import type { Bytes } from '../units.ts';

const utf8 = new TextDecoder();
const CHUNK_BYTES: Bytes = 64 * 1024;

/**
 * As classes to extend: their published types declare the members in a way that cannot be overridden. A process that was
 * started without `fetch` has none, and must be able to load this file.
 */
const BaseResponse = (globalThis.Response ?? Object) as unknown as new (
  body: null,
  init: ResponseInit,
) => object;
const BaseHeaders = (globalThis.Headers ?? Object) as unknown as new (
  fields: Record<string, string>,
) => object;

/** Those of an answer that `fetch` brought: nobody may change them. */
class FetchedHeaders extends BaseHeaders {
  append(): never {
    throw new TypeError('immutable');
  }

  set(): never {
    throw new TypeError('immutable');
  }

  delete(): never {
    throw new TypeError('immutable');
  }
}

/** What a `KeptResponse` is made from. */
export interface ResponseParts {
  readonly bytes: Buffer;
  readonly status: number;
  readonly statusText: string;
  readonly headers: Record<string, string>;
  readonly url: string;
  /** The caller's: what it has given up it cannot read any more. */
  readonly signal?: AbortSignal | null | undefined;
}

/**
 * A `Response` whose bytes are in memory already. `text`, `json`, `arrayBuffer` and `bytes` read them directly, at
 * a quarter of what the stream inside a plain `Response` costs; for `body`, `blob` and `formData` it makes that plain
 * one when asked. Every reader gets bytes of its own.
 */
export class KeptResponse extends BaseResponse {
  readonly #parts: ResponseParts;
  #isRead = false;
  #headers: Headers | undefined;
  #plain: Response | undefined;

  constructor(parts: ResponseParts) {
    super(null, { status: parts.status, statusText: parts.statusText });
    this.#parts = parts;
  }

  get type(): Response['type'] {
    return 'basic';
  }

  get url(): string {
    return this.#parts.url;
  }

  // Made when asked for: most callers read the body alone.
  get headers(): Headers {
    this.#headers ??= new FetchedHeaders(this.#parts.headers) as unknown as Headers;
    return this.#headers;
  }

  get bodyUsed(): boolean {
    return this.#plain?.bodyUsed ?? this.#isRead;
  }

  get body(): Response['body'] {
    return this.#asPlain().body;
  }

  async text(): Promise<string> {
    return this.#plain ? this.#plain.text() : utf8.decode(this.#read());
  }

  async json(): Promise<unknown> {
    return this.#plain ? this.#plain.json() : JSON.parse(utf8.decode(this.#read()));
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#plain ? this.#plain.arrayBuffer() : new Uint8Array(this.#read()).buffer;
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#plain ? new Uint8Array(await this.#plain.arrayBuffer()) : new Uint8Array(this.#read());
  }

  async blob(): Promise<Blob> {
    return this.#asPlain().blob();
  }

  async formData(): ReturnType<Response['formData']> {
    return this.#asPlain().formData();
  }

  clone(): Response {
    // Throws when the body is in use, and else leaves the caller's hold of it as `fetch` does.
    if (this.#plain !== undefined || this.#isRead) this.#asPlain().clone();
    return asResponse(new KeptResponse(this.#parts));
  }

  #read(): Buffer {
    // https://fetch.spec.whatwg.org/#body-unusable
    if (this.#isRead) throw new TypeError('Body is unusable: Body has already been read');
    this.#parts.signal?.throwIfAborted();
    this.#isRead = true;
    return this.#parts.bytes;
  }

  #asPlain(): Response {
    if (this.#plain === undefined) {
      const { status, statusText, headers } = this.#parts;
      this.#plain = new Response(streamOf(this.#parts), { status, statusText, headers });
      if (this.#isRead) this.#plain.arrayBuffer().catch(() => {});
    }
    return this.#plain;
  }
}

/** A copy of the bytes, piece by piece as it is read, until the caller gives up. */
function streamOf({ bytes, signal }: ResponseParts): ReadableStream {
  let at = 0;
  return new ReadableStream(
    {
      type: 'bytes',
      pull(controller) {
        signal?.throwIfAborted();
        if (bytes.byteLength > 0) controller.enqueue(new Uint8Array(bytes.subarray(at, at + CHUNK_BYTES)));
        at += CHUNK_BYTES;
        if (at < bytes.byteLength) return;
        controller.close();
        controller.byobRequest?.respond(0);
      },
    },
    { highWaterMark: 0 },
  );
}

/** The same object under the name that callers know. */
export function asResponse(kept: KeptResponse): Response {
  return kept as unknown as Response;
}
