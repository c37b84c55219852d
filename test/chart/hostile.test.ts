import test from 'ava';
import { compile } from 'vega-lite';
import { lossComputeChart } from '../../src/chart/index.js';
import { renderPng, renderSvg } from '../../src/report/index.js';
import { chartsNamed } from './charts.js';

const MARK = 'zq7';
const HOSTILE = [
  `${MARK}' + alert(1) + '`,
  `${MARK}"});fetch('//x')//`,
  `</script><script>${MARK}()</script>`,
  `<img src=x onerror=${MARK}()>`,
  `${MARK} & <b> "quoted"`,
  `datum.${MARK}[0].x\\.y`,
  `\${${MARK}} {{${MARK}}}`,
  `${MARK}\u0000\u001b\ud800 \u4e2d\u6587 \u{1f600} \u202e`,
  MARK.repeat(200),
];

/** Keys under which Vega evaluates text. */
const EVALUATED = new Set(['signal', 'expr', 'update', 'test', 'filter', 'init', 'events', 'href', 'url']);

/** Every text in a compiled chart that Vega would evaluate or follow. */
function evaluated(node: unknown, key = ''): string[] {
  if (typeof node === 'string') return EVALUATED.has(key) ? [node] : [];
  if (Array.isArray(node)) return node.flatMap(item => evaluated(item, key));
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) => (name === 'values' ? [] : evaluated(value, name)));
}

for (const [i, name] of HOSTILE.entries())
  test(`hostile name ${i}: no chart puts it into an expression`, t => {
    for (const [chart, spec] of Object.entries(chartsNamed(() => name))) {
      const found = evaluated(compile(spec).spec).filter(text => text.includes(MARK));
      t.deepEqual(found, [], chart);
    }
  });

test('hostile names: every chart draws them as text', async t => {
  const names = new Map<string, string>();
  const rename = (name: string) => {
    const hostile = `${HOSTILE[names.size % HOSTILE.length]} ${name}`;
    names.set(name, hostile);
    return hostile;
  };
  for (const [chart, spec] of Object.entries(chartsNamed(rename))) {
    const svg = await renderSvg(spec);
    t.notRegex(svg, /<script|<img|<b>|\p{Cs}/u, chart);
    t.true(svg.includes(MARK), chart);
    t.true((await renderPng(spec, { scale: 1 })).length > 1000, chart);
  }
});

test('a name of 600 characters is cut where it is drawn, and whole in the data', async t => {
  const name = 'long'.repeat(150);
  const spec = lossComputeChart({
    title: 'One long name',
    points: [{ name: 'a', compute: 1e18, loss: 3 }],
    targets: [{ name, compute: 1e19, loss: 2.9, lo: 2.8, hi: 3 }],
  });
  const svg = await renderSvg(spec);
  t.true(JSON.stringify(spec).includes(name));
  t.regex(svg, />longlong[long]*\u2026</);
});
