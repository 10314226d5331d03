import assert from 'node:assert/strict';
import { test } from 'node:test';
import { syntheticResult } from '../fixtures/synthetic-result.ts';
import { renderExperimentMarkdown } from './markdown.ts';
import { renderExperimentHtml } from './page.ts';
import { EXPERIMENT_VERSION, type Experiment, parseExperiment } from './schema.ts';

const EXPERIMENT: Experiment = {
  schemaVersion: EXPERIMENT_VERSION,
  experiment: 'cold-start',
  title: 'What a restart costs',
  runId: 'synthetic',
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 1_000,
  command: 'l1bench run cold-start',
  seed: 1,
  environment: syntheticResult().environment,
  answer: ['It is back after <2 s.'],
  sections: [
    {
      title: 'Here',
      where: 'this-machine',
      how: 'Real pods.',
      tables: [
        {
          columns: ['to 95 %'],
          rows: [
            {
              name: 'never back',
              cells: [{ value: null, unit: 'ns', n: 5, of: 'seeds', interval: null, emulated: false }],
            },
            {
              name: 'back',
              cells: [
                {
                  value: 2e9,
                  unit: 'ns',
                  n: 5,
                  of: 'seeds',
                  interval: { low: 1e9, high: 3e9, confidence: 0.5 },
                  emulated: false,
                },
              ],
            },
          ],
        },
      ],
      curves: [],
    },
    { title: 'There', where: 'simulator', how: 'Virtual time.', tables: [], curves: [] },
  ],
  limits: ['One pod only.'],
};

test('an experiment survives being written and read', () => {
  assert.deepEqual(parseExperiment(JSON.parse(JSON.stringify(EXPERIMENT))), EXPERIMENT);
});

test('an experiment of another version is refused by its version', () => {
  assert.throws(() => parseExperiment({ ...EXPERIMENT, schemaVersion: 99 }), /version 99/);
});

test('a damaged experiment is refused by the field that is wrong', () => {
  assert.throws(() => parseExperiment({ ...EXPERIMENT, sections: [{ title: 1 }] }), /sections\.0\.title/);
});

for (const [format, text] of [
  ['page', renderExperimentHtml(EXPERIMENT, '')],
  ['Markdown', renderExperimentMarkdown(EXPERIMENT)],
] as const) {
  test(`the ${format} says of each section whether it was measured or simulated`, () => {
    assert.match(text, /Here[\s\S]*Measured on this machine[\s\S]*There[\s\S]*Simulated/);
  });

  test(`the ${format} says how quiet the machine was`, () => {
    assert.match(text, /CPU pressure 12 % before the run/);
  });

  test(`the ${format} shows a figure with its range and samples, and a dash where there is none`, () => {
    assert.match(text, /never back[^–]*–[\s\S]*2 s[\s\S]*1 to 3 s[\s\S]*n = 5 seeds/);
  });
}

test('text of the experiment cannot become markup', () => {
  assert.match(renderExperimentHtml(EXPERIMENT, ''), /back after &lt;2 s/);
});
