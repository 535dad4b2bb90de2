/**
 * What the page looks like before its script runs; the rest is client/style.ts, which
 * comes compressed with the script.
 */
export const style = `
:root{color-scheme:light dark;--back:#fff;--text:#1c2430;--soft:#566276;--line:#d5dbe5;--field:#76839a;--bar:#2f6fd0;--wrong:#b3261e}
@media(prefers-color-scheme:dark){:root{--back:#12161d;--text:#e3e8f0;--soft:#a3afc2;--line:#313a48;--field:#74819a;--bar:#6ea4f5;--wrong:#ff9d8a}}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;margin:0;padding:16px;background:var(--back);color:var(--text)}
main{max-width:880px;margin:auto}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}
p{margin:0 0 12px}
main>p{color:var(--soft);font-size:.875rem}
`;
