/** The look of the HTML report: system fonts, light and dark, fit for print. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1c2321;--soft:#5d6964;--line:#dfe5e1;--good:#1b7f4b;--bad:#b3261e;--odd:#8a5a00;--tint:#f4f7f5}
@media(prefers-color-scheme:dark){:root{--paper:#121614;--ink:#e4eae7;--soft:#98a59f;--line:#2b332f;--good:#5fce94;--bad:#ff8a80;--odd:#f0bd5c;--tint:#1a201d}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1100px;margin:0 auto;padding:32px 20px 64px}
h1{font-size:28px;line-height:1.2;margin:0 0 16px}
h2{font-size:18px;margin:36px 0 10px;padding-bottom:6px;border-bottom:1px solid var(--line)}
h3{font-size:14px;margin:14px 0 4px;color:var(--soft)}
.plan{margin:0;color:var(--soft);font:13px ui-monospace,monospace}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(210px,1fr));gap:10px 24px;margin:0}
dt{color:var(--soft);font-size:12px}
dd{margin:0;overflow-wrap:anywhere}
ul{margin:4px 0;padding-left:20px}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th{text-align:left;font-weight:600;color:var(--soft);font-size:12px}
th,td{padding:7px 10px 7px 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:break-word}
td:last-child{overflow-wrap:anywhere}
th{white-space:nowrap}
code,pre{font:13px/1.45 ui-monospace,monospace}
pre{background:var(--tint);padding:10px;margin:8px 0 0;max-height:320px;overflow:auto;white-space:pre-wrap}
.badge{white-space:nowrap;font-weight:600}
.passed{color:var(--good)}.failed{color:var(--bad)}.warning{color:var(--odd)}.not-checked{color:var(--soft)}
.claim{margin:4px 0 0;color:var(--soft);font-size:13px}
summary{cursor:pointer}
.lane{display:flex;align-items:center;gap:12px;margin:3px 0}
.lane b{flex:0 0 130px;font:13px ui-monospace,monospace;overflow:hidden;text-overflow:ellipsis}
.lane span{position:relative;flex:1;height:16px;background:var(--tint);border-radius:3px}
.lane i{position:absolute;top:2px;height:12px;min-width:2px;border-radius:2px;background:currentColor}
.lanes p{margin:6px 0 0;color:var(--soft);font-size:13px;text-align:right}
`;
