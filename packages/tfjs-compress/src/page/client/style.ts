/** The style of what the script makes. */
export const style = `
h2,h3{font-size:1rem;margin:0 0 8px;overflow-wrap:anywhere}
.hint,figcaption,.facts,caption{color:var(--soft);font-size:.875rem}
#app{display:grid;grid-template-columns:minmax(0,1fr);gap:24px 48px;margin-top:20px}
section:not(:last-child){margin-bottom:24px}
@media(min-width:720px){
  #app{grid-template-columns:minmax(0,1fr) minmax(0,1fr);grid-template-rows:auto 1fr}
  .facts.facts{grid-column:1/3;display:flex;gap:48px}
  .prediction{grid-area:1/2/3/3;align-self:start;position:sticky;top:16px}
}
@media(hover:none){.keys{display:none}}
.pad{position:relative;width:min(100%,20rem);margin-bottom:8px}
canvas{display:block;width:100%;background:var(--line);border:1px solid var(--field);border-radius:8px}
.pad canvas{touch-action:none;cursor:crosshair}
.pen{position:absolute;width:16px;height:16px;margin:-8px;border:2px solid #ff8a70;border-radius:50%;visibility:hidden;pointer-events:none}
.pen.down{background:#ff8a70}
canvas:focus-visible+.pen{visibility:visible}
.row{display:flex;flex-wrap:wrap;gap:8px;margin-bottom:8px}
button,.button,select,textarea,input[type=number]{font:inherit;color:inherit;background:var(--back);border:1px solid var(--field);border-radius:8px;padding:6px 12px}
button,.button{display:flex;align-items:center;cursor:pointer;min-height:40px}
button:hover,.button:hover{border-color:var(--text)}
:focus-visible,.button:focus-within{outline:3px solid var(--bar);outline-offset:2px}
input[type=file],.spoken{position:absolute;opacity:0;width:1px;height:1px;overflow:hidden}
figure{display:flex;gap:12px;align-items:center;margin:0 0 12px}
figure canvas{width:56px;flex:none;image-rendering:pixelated;border-radius:4px}
.large figure{display:block}
.large figure canvas{width:min(100%,20rem);margin-bottom:4px}
summary{cursor:pointer;padding:6px 0}
details label{display:block;padding:6px 0}
.numbers{display:grid;grid-template-columns:repeat(auto-fill,minmax(104px,1fr));gap:8px}
.numbers label{font-size:.875rem}
.numbers input{display:block;width:100%}
select{display:block;margin-top:4px}
[type=checkbox]{width:20px;height:20px;margin:0 8px 0 0;vertical-align:-4px;accent-color:var(--bar)}
textarea{display:block;width:100%;margin:4px 0}
[aria-invalid]{border-color:var(--wrong)}
.problem{color:var(--wrong)}
.problem:empty{display:none}
.answer{font-size:1.25rem;overflow-wrap:anywhere}
table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums;margin-bottom:16px}
caption{text-align:left}
th,td{padding:3px 0;line-height:1.3;font-weight:inherit}
th{text-align:left;overflow-wrap:anywhere;padding-right:12px;width:1%}
td:last-child{text-align:right;width:1%;white-space:nowrap;padding-left:12px}
.bar div{height:14px;min-width:1px;background:var(--bar);border-radius:2px;transition:width .1s,margin .1s}
.top{font-weight:700}
.facts{display:grid;grid-template-columns:1fr 1fr;gap:8px 24px;margin:0;padding:12px 0 0;border-top:1px solid var(--line);list-style:none}
.facts li::first-letter{text-transform:uppercase}
.facts b{display:block;color:var(--text);font-size:1rem}
@media(prefers-reduced-motion:reduce){.bar div{transition:none}}
`;
