import { z } from 'zod';
import { environmentSchema } from '../schema.ts';

/** Version of `experiment.json`; raised with every change that an older reader would misread. */
export const EXPERIMENT_VERSION = 1;

/** The same shape as a figure of a run: value, unit, samples, interval. */
const figure = z.object({
  value: z.number().nullable(),
  unit: z.enum(['ns', 'bytes', 'ratio', 'times', 'us/request', '1/request', 'bytes/byte', 'bytes/s']),
  n: z.number(),
  of: z.enum([
    'requests',
    'reads',
    'batches',
    'blocks',
    'pairs',
    'pods',
    'entries',
    'pauses',
    'samples',
    'prefetches',
    'seeds',
  ]),
  /** The lowest and highest of the seeds; null for a single measurement. */
  interval: z.object({ low: z.number(), high: z.number(), confidence: z.number().nullable() }).nullable(),
  emulated: z.boolean(),
});

const table = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.object({ name: z.string(), cells: z.array(figure.nullable()) })),
});

const axis = z.object({
  title: z.string(),
  format: z.enum(['seconds', 'percent', 'times', 'duration']),
  min: z.number().optional(),
  max: z.number().optional(),
});

const curves = z.object({
  id: z.string(),
  title: z.string(),
  /** How to read it, in one or two sentences. */
  reading: z.string(),
  x: axis,
  y: axis,
  series: z.array(
    z.object({
      label: z.string(),
      /** Points alone, or joined in the order given. */
      draw: z.enum(['line', 'points']),
      points: z.array(z.object({ x: z.number(), y: z.number() })),
    }),
  ),
});

const section = z.object({
  title: z.string(),
  /** Real processes on this machine, or the library's code in virtual time. */
  where: z.enum(['this-machine', 'simulator']),
  how: z.string(),
  tables: z.array(table),
  curves: z.array(curves),
});

/** Everything one experiment measured; its page is made from this and nothing else. */
const experimentSchema = z.object({
  schemaVersion: z.literal(EXPERIMENT_VERSION),
  experiment: z.string(),
  title: z.string(),
  runId: z.string(),
  startedAt: z.string(),
  durationMs: z.number(),
  command: z.string(),
  seed: z.number(),
  environment: environmentSchema,
  /** The answer in plain sentences. */
  answer: z.array(z.string()),
  sections: z.array(section),
  limits: z.array(z.string()),
});

export type Experiment = z.infer<typeof experimentSchema>;
export type Section = Experiment['sections'][number];
export type Curves = Section['curves'][number];
export type Table = Section['tables'][number];

/**
 * Reads an `experiment.json` that has been parsed as JSON.
 * @throws {Error} naming the version, or the first fields that are wrong.
 */
export function parseExperiment(json: unknown): Experiment {
  const version = z.object({ schemaVersion: z.number() }).safeParse(json);
  if (version.success && version.data.schemaVersion !== EXPERIMENT_VERSION)
    throw new Error(
      `the experiment has schema version ${version.data.schemaVersion}, this l1bench reads ${EXPERIMENT_VERSION}`,
    );
  const parsed = experimentSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`the experiment is damaged (${first.join('; ')})`);
}
