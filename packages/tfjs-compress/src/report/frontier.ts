import * as Plot from '@observablehq/plot';
import { check } from '@tfjs-compress/math/internal';
import { group } from '../model/formatSummary.js';
import { colors, draw, type Figure, legend, short } from './draw.js';

/** A search, as compress() returns it; a part of it is enough. */
export interface SearchFigures {
  /** Those that failed have no size. */
  trials: readonly { id: string; sizeBytes?: number; score?: number }[];
  /** The model before it, if it is known. */
  baseline?: { sizeBytes: number; score: number };
  /** Which trial the model is of. */
  best?: string;
}

interface Point {
  id: string;
  sizeBytes: number;
  score: number;
}

/**
 * Bytes against score: every trial a point, and through those that no other is both
 * smaller and better than, a line.
 */
export function frontier(document: Document, { trials, baseline, best }: SearchFigures): Figure {
  check(Array.isArray(trials), 'search.trials', "a list of compress()'s trials", trials);
  const points = trials.filter(
    (each): each is Point => typeof each.sizeBytes === 'number' && typeof each.score === 'number',
  );
  const domain = domainOf(points, baseline);
  const [low] = domain;
  const below = points.filter(({ score }) => score < low);
  const marginTop = 34;
  const title = ({ sizeBytes, score }: Omit<Point, 'id'>) =>
    `${group(sizeBytes)} B, score ${Number(score.toPrecision(4))}`;
  return draw(document, 'frontier', 'Bytes and score of every trial', {
    height: 280,
    marginTop,
    marginLeft: 50,
    marginBottom: 40,
    x: { type: 'log', inset: 8, label: 'bytes of the file (logarithmic)', ticks: 4, tickFormat: short, grid: true },
    y: { label: null, grid: true, domain },
    marks: [
      ...(baseline ? [Plot.ruleY([baseline.score], { stroke: colors.beforeLine, strokeDasharray: '4,3' })] : []),
      Plot.line(onFrontier(points), {
        x: 'sizeBytes',
        y: 'score',
        curve: 'step-after',
        stroke: colors.after,
        strokeWidth: 1.5,
        clip: true,
      }),
      Plot.dot(
        points.filter(({ score }) => score >= low),
        { x: 'sizeBytes', y: 'score', r: 3, fill: colors.after, fillOpacity: 0.6, title },
      ),
      // At the lower edge, where their size can be read, their score in the tooltip.
      Plot.dot(below, { x: 'sizeBytes', y: low, symbol: 'triangle', rotate: 180, r: 4, fill: colors.after, title }),
      Plot.dot(
        points.filter(({ id }) => id === best),
        { x: 'sizeBytes', y: 'score', r: 6, stroke: colors.mark, strokeWidth: 2 },
      ),
      ...legend(
        [
          { text: '● trial', color: colors.after },
          ...(below.length > 0 ? [{ text: '▼ lower', color: colors.after }] : []),
          ...(best ? [{ text: '○ this model', color: colors.mark }] : []),
          ...(baseline ? [{ text: '┄ before', color: colors.beforeLine }] : []),
        ],
        marginTop,
      ),
    ],
  });
}

/**
 * Trials at the level of chance would leave no room for the others: at most 2.5 times
 * what the upper half spans.
 */
function domainOf(points: Point[], baseline: SearchFigures['baseline']): [number, number] {
  const scores = [...points.map(({ score }) => score), ...(baseline ? [baseline.score] : [])].sort((a, b) => b - a);
  if (scores.length === 0) return [0, 1];
  const top = scores[0];
  const span = top - scores[Math.floor((scores.length - 1) / 2)];
  const low = Math.max(scores[scores.length - 1], top - 2.5 * span);
  const room = 0.05 * (top - low) || 0.01 * Math.abs(top) || 0.01;
  return [low - room, top + room];
}

function onFrontier(points: Point[]): Point[] {
  let highest = Number.NEGATIVE_INFINITY;
  return [...points]
    .sort((a, b) => a.sizeBytes - b.sizeBytes || b.score - a.score)
    .filter(({ score }) => {
      if (score <= highest) return false;
      highest = score;
      return true;
    });
}
