/** The page's style. No fonts, no pictures: nothing to load. */
export const PAGE_STYLE = `
:root {
  color-scheme: light;
  --paper: #fff; --soft: #f6f8f7; --line: #e1e6e3; --ink: #1b2420; --faint: #5b6a62;
  --accent: #067a3f; --mark: #e5f6ec; --code: #f4f7f5; --string: #0a6b4a; --key: #1d4ed8; --atom: #9a3412;
  --get: #1d4ed8; --post: #067a3f; --put: #9a5b00; --delete: #b42318;
}
:root[data-theme="dark"] {
  color-scheme: dark;
  --paper: #111715; --soft: #161e1b; --line: #2a3531; --ink: #e6ede9; --faint: #9fb0a8;
  --accent: #4ade80; --mark: #14301f; --code: #0c110f; --string: #86efac; --key: #93c5fd; --atom: #fdba74;
  --get: #93c5fd; --post: #4ade80; --put: #fbbf24; --delete: #fca5a5;
}
@media (prefers-color-scheme: dark) {
  :root:not([data-theme="light"]) {
    color-scheme: dark;
    --paper: #111715; --soft: #161e1b; --line: #2a3531; --ink: #e6ede9; --faint: #9fb0a8;
    --accent: #4ade80; --mark: #14301f; --code: #0c110f; --string: #86efac; --key: #93c5fd; --atom: #fdba74;
    --get: #93c5fd; --post: #4ade80; --put: #fbbf24; --delete: #fca5a5;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scroll-padding-top: 4.5rem; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.65 system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
}
code, pre, kbd, .verb { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { font-size: .92em; overflow-wrap: anywhere; }
p code, dd code { background: var(--mark); border-radius: 4px; padding: .1em .3em; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
main:focus { outline: none; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: .6rem; z-index: 9; background: var(--paper); padding: .3rem .8rem; }

header {
  position: sticky; top: 0; z-index: 5; display: flex; gap: .5rem 1rem; align-items: center; justify-content: space-between;
  min-height: 3.5rem; padding: .4rem 1.5rem; background: var(--paper); border-bottom: 1px solid var(--line);
}
.brand { min-width: 0; overflow: hidden; text-overflow: ellipsis; color: var(--ink); font-weight: 650; text-decoration: none; white-space: nowrap; }
.brand small { color: var(--faint); font-weight: 400; }
.tools { display: flex; gap: .9rem; align-items: center; white-space: nowrap; }
.tools a { text-decoration: none; }
button { font: inherit; color: inherit; background: none; border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
.theme { width: 2rem; height: 2rem; padding: 0; }

.layout { display: grid; grid-template-columns: 17rem minmax(0, 1fr); }
nav {
  position: sticky; top: 3.5rem; align-self: start; height: calc(100vh - 3.5rem); overflow-y: auto;
  padding: 1rem .8rem 2rem 1.2rem; background: var(--soft); border-right: 1px solid var(--line); font-size: 14px;
}
nav input {
  width: 100%; padding: .45rem .7rem; font: inherit; color: inherit; background: var(--paper);
  border: 1px solid var(--line); border-radius: 6px;
}
nav kbd { position: absolute; right: 1.5rem; top: 1.4rem; color: var(--faint); border: 1px solid var(--line); border-radius: 4px; padding: 0 .35rem; font-size: 12px; }
nav input:focus + kbd, nav input:not(:placeholder-shown) + kbd { display: none; }
nav summary { display: none; }
nav ul { list-style: none; margin: .6rem 0 0; padding: 0; }
nav ul ul { margin: .2rem 0 .6rem; }
.part > span { display: block; margin-top: 1rem; color: var(--faint); font-size: 12.5px; font-weight: 600; letter-spacing: .02em; }
nav a { display: flex; gap: .5rem; align-items: baseline; padding: .22rem .5rem; border-radius: 6px; color: var(--ink); text-decoration: none; }
nav a:hover, nav a[aria-current] { background: var(--mark); }
nav .verbs { flex: none; width: 3.6rem; line-height: 1.3; }
nav .verb { display: block; font-size: 10.5px; }
.verb { font-size: 12.5px; font-weight: 700; letter-spacing: .03em; }
.get { color: var(--get); } .post { color: var(--post); } .put, .patch { color: var(--put); } .delete { color: var(--delete); }

main { min-width: 0; padding: 0 2rem 6rem; }
h1 { font-size: 1.9rem; line-height: 1.25; margin: 2rem 0 1rem; }
h2 { font-size: 1.3rem; margin: 3.5rem 0 0; padding-bottom: .5rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.08rem; margin: 0 0 .4rem; display: flex; flex-wrap: wrap; gap: .3rem .6rem; align-items: baseline; }
h3 code { font-size: 1.02rem; }
h4 { font-size: .86rem; margin: 1.3rem 0 .3rem; color: var(--faint); font-weight: 650; }
.anchor { visibility: hidden; color: var(--faint); text-decoration: none; }
article:hover .anchor, .anchor:focus { visibility: visible; }
article, .overview { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0 2.5rem; }
article { padding: 2.2rem 0; border-bottom: 1px solid var(--line); }
article:last-child { border-bottom: 0; }
.words ul { margin: .3rem 0; padding-left: 1.2rem; }
.summary { margin: 0; font-size: 1.02rem; }
.guard, .status { display: inline-block; padding: 0 .5rem; border-radius: 99px; background: var(--mark); color: var(--accent); font-size: 12.5px; font-weight: 550; white-space: nowrap; }
.failed { background: var(--soft); color: var(--delete); }
.place { position: absolute; }
.fields { margin: 0; }
.fields dt { padding-top: .55rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.fields dt code { font-weight: 600; }
.fields dd { margin: .1rem 0 .55rem; color: var(--faint); overflow-wrap: anywhere; }
.type, .may { color: var(--faint); font-size: 13px; font-weight: 400; }
.must { color: var(--delete); font-size: 13px; }
.or { margin: .3rem 0; color: var(--faint); text-align: center; }
.errors { margin-top: 1.4rem; }
.errors summary { cursor: pointer; color: var(--accent); font-weight: 550; width: fit-content; }
.all-errors .fields { columns: 2 24rem; column-gap: 2.5rem; margin-top: 1rem; }
.all-errors dt { break-after: avoid; } .all-errors dd { break-before: avoid; }

.code { min-width: 0; }
.code > h4:first-child { margin-top: 0; }
.overview .code > h4:first-child { margin-top: 2.6rem; }
.tabs { display: none; gap: .3rem; margin-bottom: .5rem; }
.tabs button { padding: .1rem .7rem; font-size: 13px; color: var(--faint); }
.tabs button[aria-pressed="true"] { background: var(--mark); border-color: transparent; color: var(--accent); font-weight: 600; }
h5 { margin: .8rem 0 .2rem; font-size: 13px; color: var(--faint); }
.scripted .tabs { display: flex; } .scripted h5 { display: none; }
.block { position: relative; }
pre { margin: 0; padding: .9rem 1rem; overflow-x: auto; background: var(--code); border: 1px solid var(--line); border-radius: 8px; font-size: 13px; line-height: 1.6; }
pre i { font-style: normal; } .key { color: var(--key); } .text { color: var(--string); } .atom, .word { color: var(--atom); }
.copy { position: absolute; top: .4rem; right: .4rem; padding: 0 .6rem; background: var(--paper); color: var(--faint); font-size: 12.5px; opacity: 0; }
.block:hover .copy, .copy:focus-visible { opacity: 1; }
@media (hover: none) { .copy { opacity: 1; } }
.nothing { padding: 3rem 0; color: var(--faint); text-align: center; }

@media (max-width: 1100px) {
  article, .overview { grid-template-columns: minmax(0, 1fr); }
  .code { margin-top: 1.4rem; }
  .overview .code > h4:first-child { margin-top: 0; }
}
@media (max-width: 760px) {
  header { padding: .4rem 1rem; font-size: 14px; }
  .tools { gap: .6rem; font-size: 13.5px; }
  .brand small { display: none; }
  .layout { grid-template-columns: minmax(0, 1fr); }
  nav { position: static; height: auto; padding: .8rem 1rem; border-right: 0; border-bottom: 1px solid var(--line); }
  nav kbd { display: none; }
  nav summary { display: block; margin-top: .6rem; cursor: pointer; font-weight: 600; }
  main { padding: 0 1rem 4rem; }
}
@media (max-width: 400px) { header { gap: .4rem; font-size: 13px; } .tools { gap: .5rem; font-size: 12.5px; } }
@media print { nav, .tools, .copy { display: none; } .layout { display: block; } }
`
