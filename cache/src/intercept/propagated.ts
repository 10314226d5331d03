const OTEL_API = Symbol.for('opentelemetry.js.api.1');

interface OpenTelemetryApi {
  readonly context?: { active(): unknown };
  readonly propagation?: {
    inject(
      context: unknown,
      carrier: object,
      setter: { set(carrier: object, name: string, value: string): void },
    ): void;
  };
}

/**
 * Visits the headers that OpenTelemetry takes from one service to the next, as lower-case name and value. Its
 * instrumentation adds them below the cache, where they would not be seen; `baggage` may say who asks.
 */
export function eachPropagatedHeader(visit: (name: string, value: string) => void): void {
  const api = (globalThis as Record<symbol, unknown>)[OTEL_API] as OpenTelemetryApi | undefined;
  if (api?.propagation === undefined || api.context === undefined) return;
  const set = (_carrier: object, name: string, value: string) => visit(name.toLowerCase(), String(value));
  api.propagation.inject(api.context.active(), {}, { set });
}
