import { z } from 'zod';
import { type Result, resultSchema, SCHEMA_VERSION } from './schema.ts';

/**
 * Reads a `result.json` that has been parsed as JSON.
 * @throws {Error} naming the version, or the first fields that are wrong.
 */
export function parseResult(json: unknown): Result {
  const version = z.object({ schemaVersion: z.number() }).safeParse(json);
  if (!version.success) throw new Error('not a result of l1bench: it has no schemaVersion');
  if (version.data.schemaVersion !== SCHEMA_VERSION) {
    throw new Error(
      `the result has schema version ${version.data.schemaVersion}, this l1bench reads ${SCHEMA_VERSION}: ` +
        'make the report with the l1bench that made the run, or run again',
    );
  }
  const parsed = resultSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`the result is damaged (${first.join('; ')})`);
}
