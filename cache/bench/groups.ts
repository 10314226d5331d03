import type { FigureGroup } from './figure.ts';
import { fleetFigures } from './fleet/figures.ts';
import { freshnessFigures } from './freshness/figures.ts';
import { prewarmingFigures } from './predict/figures.ts';

/** Every figure of prediction, learned freshness and fleet signals. The long ones first: two workers end together. */
export const GROUPS: readonly FigureGroup[] = [...fleetFigures, ...prewarmingFigures, ...freshnessFigures];
