import type { FlightReport } from './flights.ts';
import { forward, type Handler } from './handlers.ts';
import type { ResponseHeaders } from './headers.ts';
import { headerOf } from './headers.ts';
import { type KeptAnswer, keepableHeaders, repeatedIn, sizeOf } from './http-answer.ts';
import { ownBytes } from './own-bytes.ts';
import type { InterceptedReads } from './reads.ts';
import type { HttpRead } from './request.ts';
import { decideStore } from './storable.ts';

interface Recording {
  readonly head: Omit<KeptAnswer, 'body' | 'trailers'>;
  readonly chunks: Buffer[];
  sizeBytes: number;
}

/** In `observe`: the answer that would have been served; the live one is compared with it. */
export type Observed = { readonly status: number; readonly body: Buffer } | undefined;

/**
 * Passes a live answer on to the caller and keeps a copy when the rules allow it. `flight` hears of it.
 * Whatever goes wrong here, the caller's events go through.
 */
export function record(
  reads: InterceptedReads,
  read: HttpRead,
  next: Handler,
  observed: Observed,
  flight: FlightReport,
): Handler {
  const requestedAtMs = reads.now();
  let recording: Recording | undefined;

  const guarded = (work: () => void) => {
    try {
      work();
    } catch {
      recording = undefined;
      reads.fault();
      flight.end('not-shareable');
    }
  };
  const start = (status: number, headers: ResponseHeaders, statusText: string) => {
    const storedAtMs = reads.now();
    const decision = decideStore(
      { status, headers, wallMs: reads.wallNow(), delayMs: storedAtMs - requestedAtMs },
      read.route,
      reads.config.maxEntryBytes,
    );
    if (decision.kind === 'no') {
      reads.coverage.notStored(decision.why);
      if (observed) reads.coverage.differed++;
      return flight.end('not-shareable');
    }
    const { vary, lifeMs, initialAgeMs } = decision;
    // Encoded bytes are only for callers who accept that encoding, also when the origin forgot to say so.
    if (headerOf(headers, 'content-encoding') !== undefined && !vary.includes('accept-encoding'))
      vary.push('accept-encoding');
    const kept = keepableHeaders(headers);
    recording = {
      head: {
        address: read.uri,
        requestedAtMs,
        storedAtMs,
        initialAgeMs,
        lifeMs,
        status,
        statusText,
        headers: kept,
        repeated: repeatedIn(kept),
        vary: vary.map((name) => [name, read.header(name)] as const),
      },
      chunks: [],
      sizeBytes: 0,
    };
  };
  const data = (chunk: Buffer) => {
    if (recording === undefined) return;
    recording.sizeBytes += chunk.byteLength;
    if (recording.sizeBytes > reads.config.maxEntryBytes) {
      recording = undefined;
      reads.coverage.notStored('too-large');
      return flight.end('not-shareable');
    }
    // A copy now: the caller gets this chunk and may change it.
    recording.chunks.push(Buffer.from(chunk));
  };
  const end = (trailers: ResponseHeaders) => {
    if (recording === undefined) return;
    const answer: KeptAnswer = {
      ...recording.head,
      trailers: keepableHeaders(trailers),
      body: ownBytes(recording.chunks),
    };
    if (observed && !(observed.status === answer.status && observed.body.equals(answer.body)))
      reads.coverage.differed++;
    flight.end(reads.keep(read.key, answer, sizeOf(answer)) ? 'kept' : 'not-shareable');
  };

  return {
    ...forward(next),
    onRequestUpgrade(controller, status, headers, socket) {
      flight.end('not-shareable');
      next.onRequestUpgrade?.(controller, status, headers, socket);
    },
    onResponseStart(controller, status, headers, statusText) {
      // 1xx are not the answer: https://www.rfc-editor.org/rfc/rfc9110.html#section-15.2
      if (status >= 200)
        guarded(() => {
          start(status, headers, statusText ?? '');
          flight.heard();
        });
      next.onResponseStart?.(controller, status, headers, statusText);
    },
    onResponseData(controller, chunk) {
      guarded(() => {
        data(chunk);
        flight.heard();
      });
      next.onResponseData?.(controller, chunk);
    },
    onResponseEnd(controller, trailers) {
      guarded(() => end(trailers));
      next.onResponseEnd?.(controller, trailers);
    },
    onResponseError(controller, error) {
      // https://www.rfc-editor.org/rfc/rfc9111.html#section-3.3: an incomplete answer is not kept.
      recording = undefined;
      flight.end('lost');
      next.onResponseError?.(controller, error);
    },
  };
}
