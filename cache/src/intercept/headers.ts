/** Every shape in which undici, `fetch` and gRPC hand over request headers. */
export type HeadersLike =
  | Readonly<Record<string, unknown>>
  | readonly unknown[]
  | Iterable<readonly [string, unknown]>
  | null
  | undefined;

/** What a response brought: lower-case names, one string or several. */
export type ResponseHeaders = Record<string, string | string[]>;

/** Calls `visit` with the lower-case name and the value of each header, in the order given. */
export function eachHeader(headers: HeadersLike, visit: (name: string, value: string) => void): void {
  if (headers == null) return;
  if (Array.isArray(headers)) {
    if (Array.isArray(headers[0])) {
      for (const [name, value] of headers) visitOne(name, value, visit);
    } else {
      for (let i = 0; i + 1 < headers.length; i += 2) visitOne(headers[i], headers[i + 1], visit);
    }
  } else if (typeof (headers as Iterable<unknown>)[Symbol.iterator] === 'function') {
    for (const [name, value] of headers as Iterable<readonly [string, unknown]>) visitOne(name, value, visit);
  } else {
    for (const name in headers) visitOne(name, (headers as Record<string, unknown>)[name], visit);
  }
}

function visitOne(name: unknown, value: unknown, visit: (name: string, value: string) => void): void {
  if (value === undefined) return;
  const lower = String(name).toLowerCase();
  if (Array.isArray(value)) for (const each of value) visit(lower, asSent(each));
  else visit(lower, asSent(value));
}

/** undici sends `null` as a header without a value. */
function asSent(value: unknown): string {
  return typeof value === 'string' ? value : String(value ?? '');
}

/** Turns undici's raw header list (name, value, name, value) into an object. */
export function fromRawHeaders(raw: readonly unknown[]): ResponseHeaders {
  const headers: ResponseHeaders = {};
  eachHeader(
    raw.map((part) => (Buffer.isBuffer(part) ? part.toString('latin1') : part)),
    (name, value) => {
      const held = headers[name];
      if (held === undefined) headers[name] = value;
      else if (Array.isArray(held)) held.push(value);
      else headers[name] = [held, value];
    },
  );
  return headers;
}

/** The header's one value; several are joined as RFC 9110 §5.3 allows. */
export function headerOf(headers: ResponseHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
