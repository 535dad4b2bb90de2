/** The page's style sheet. */
export const style = `
:root { color-scheme: light dark; --before: #b8c4d6; --before-text: #66758c; --after: #2f6fd0; --second: #c25a12; --third: #2c8a4b;
  --mark: #d0452f; --mask-back: #e9edf3; --back: #fff; --text: #1c2430; --line: #d5dbe5; }
@media (prefers-color-scheme: dark) {
  :root { --before: #46536a; --before-text: #94a3bb; --after: #6ea4f5; --second: #f09a55; --third: #62c486; --mark: #ff8a70;
    --mask-back: #1d2430; --back: #12161d; --text: #e3e8f0; --line: #313a48; }
}
body { font: 16px/1.5 system-ui, sans-serif; max-width: 860px; margin: 0 auto; padding: 16px; background: var(--back); color: var(--text); }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 8px; padding: 0; list-style: none; }
.facts li { border: 1px solid var(--line); border-radius: 8px; padding: 8px 12px; font-size: 0.875rem; }
.facts b { display: block; font-size: 1.25rem; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 380px), 1fr)); gap: 8px 40px; }
figure { margin: 16px 0; min-width: 0; }
figcaption { font-weight: 600; margin-bottom: 8px; overflow-wrap: anywhere; }
figure svg { display: block; width: 100%; height: auto; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.8125rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
th, td { padding: 4px 10px; text-align: right; border-bottom: 1px solid var(--line); }
th:first-child { text-align: left; }
tbody th { font-weight: inherit; }
details { border-top: 1px solid var(--line); padding: 8px 0; }
summary { cursor: pointer; font-weight: 600; overflow-wrap: anywhere; }
`;
