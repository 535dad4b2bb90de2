export type { FigureOptions, ModelOrArtifacts } from './collect.js';
export type { Figure } from './draw.js';
export type { SearchFigures } from './frontier.js';
export type { TrainingHistory } from './history.js';
export { makeReport, type Report, type ReportOptions } from './makeReport.js';
export { type ShowReportOptions, showReport, type Visor } from './showReport.js';
