// Every published fit from seeds 1 to 20: node --import ./register.mjs bench/fit-seeds.ts [STARTS]
// Exits 1 when a seed ends above the best objective known.
import { fitLaw } from '../src/fit/index.js';
import { findLaw } from '../src/law/index.js';
import { loadPublishedFits } from '../test/fit/published-fits.js';

const starts = process.argv[2] === undefined ? undefined : Number(process.argv[2]);
for (const { name, law, columns, options, best, tolerance } of await loadPublishedFits()) {
  const began = performance.now();
  const ends = Array.from({ length: 20 }, (_, index) =>
    fitLaw(columns, findLaw(law), { ...options, seed: index + 1, ...(starts && { starts }) }),
  );
  const seconds = (performance.now() - began) / 1000;
  const objectives = ends.map(fit => fit.objective);
  const goal = best ?? Math.min(...objectives);
  const reached = objectives.filter(objective => objective <= goal * (1 + tolerance)).length;
  const settled = ends.filter(fit => fit.status !== 'maxIterations').length;
  if (reached < 20) process.exitCode = 1;
  console.log(
    `${reached} of 20 reach ${goal} (lowest ${Math.min(...objectives)}, highest ${Math.max(...objectives)}; ` +
      `${settled} with zero gradient; ${(seconds / 20).toFixed(3)} s a fit): ${name}`,
  );
}
