/** The results as Markdown. */
import { contenders } from './contenders.mjs';
import { bytes, judge, ms, ratio, time } from './targets.mjs';

const natives = ['LiteRT', 'LiteRT int8', 'LiteRT sparse'];

export function tables(results) {
  const nodeColumns = columnsOf(({ node }) => node);
  const all = columnsOf(() => true);
  return [
    predictions('In Node', results.node, 'processor', nodeColumns),
    predictions('In Chromium', results.chromium, 'wall', all),
    predictions('In Chromium', results.chromium, 'processor', all),
    predictions('Native, by Python', results.native, 'processor', natives),
    programs(results),
    targets(results),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function columnsOf(test) {
  return Object.keys(contenders).filter((name) => test(contenders[name]));
}

/** Times, and in brackets how many times as long as ours they are. */
function predictions(title, byNet, clock, columns) {
  if (!byNet) return '';
  const rows = Object.entries(byNet).map(([key, results]) => {
    const own = results.ours?.microseconds?.[clock];
    const cells = columns.map((name) => {
      const { microseconds, error } = results[name] ?? {};
      if (!microseconds) return error ? 'failed' : '–';
      const taken = microseconds[clock];
      return name === 'ours' || !own ? time(taken) : `${time(taken)} (${ratio(taken / own)})`;
    });
    return [key.replace(/ (\d+)$/, ', batch $1'), ...cells];
  });
  const which = clock === 'wall' ? 'time on the wall' : 'processor time';
  return `${title}: ${which}, one thread, medians.\n\n${table(['net', ...columns], rows)}`;
}

function programs({ bytes: counted, coldStart }) {
  if (!counted && !coldStart) return '';
  const names = Object.keys(counted ?? coldStart.node ?? coldStart.chromium);
  const cold = (where, name, key = 'milliseconds') => {
    const { [key]: taken, error } = coldStart?.[where]?.[name] ?? {};
    return taken === undefined ? (error ? 'does not run' : '–') : ms(taken);
  };
  const rows = names.map((name) => {
    const { gzip, raw, error } = counted?.[name] ?? {};
    const sizes = gzip === undefined ? [error ?? '–', '–'] : [bytes(gzip), bytes(raw)];
    const inChromium = ['milliseconds', 'above', 'processor', 'thread'].map((key) => cold('chromium', name, key));
    return [name, ...sizes, cold('node', name), ...inChromium];
  });
  const chromium = ['wall', 'wall, above an empty page', 'process', 'main thread'];
  const times = ['Node, processor time', ...chromium.map((each) => `Chromium, ${each}`)];
  const head = ['program', 'gzipped', 'raw', ...times];
  return `Bytes before the model; time to the first prediction of LeNet-300-100, of the processor above an empty program's.\n\n${table(head, rows)}`;
}

function targets(results) {
  const rows = judge(results).map(({ target, value, wanted, reached }) => {
    const verdict = reached === undefined ? 'not measured' : reached ? 'reached' : '**missed**';
    return [target, value, wanted, verdict];
  });
  return table(['target', 'measured', 'wanted', ''], rows);
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map((_, i) => (i === 0 ? '---' : '---:')).join('|')}|`, ...rows.map(line)].join('\n');
}

/** Every failure in the results, a line each. */
export function failures(results) {
  return ['node', 'chromium', 'native'].flatMap((where) =>
    Object.entries(results[where] ?? {}).flatMap(([key, byName]) =>
      Object.entries(byName)
        .filter(([, { error }]) => error)
        .map(([name, { error }]) => `${where}, ${key}, ${name}: ${error}`),
    ),
  );
}
