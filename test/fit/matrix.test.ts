import test from 'ava';
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { createRandom } from '../../src/base/index.js';
import { createArena, gramColumns, gramInto, solveBounded, solveCholesky } from '../../src/fit/matrix.js';

const random = createRandom(5);
const draw = (length: number) => Float64Array.from({ length }, () => random.normal());
const near = (got: ArrayLike<number>, want: ArrayLike<number>, tolerance: number) =>
  Array.from(got).every((value, i) => Math.abs(value - want[i]) <= tolerance * (1 + Math.abs(want[i])));

test('gramInto() and gramColumns() equal ml-matrix J.T diag(w) J', t => {
  for (const [rows, size] of [
    [7, 3],
    [240, 5],
    [31, 9],
  ]) {
    const jacobian = draw(rows * size);
    const weights = draw(rows);
    const matrix = Matrix.from1DArray(rows, size, jacobian);
    const want = matrix
      .transpose()
      .mmul(Matrix.diag(Array.from(weights)).mmul(matrix))
      .to1DArray();
    const byRow = new Float64Array(size * size);
    gramInto(byRow, { jacobian, weights, size });
    const byColumn = new Float64Array(size * size);
    gramColumns(
      byColumn,
      Array.from({ length: size }, (_, j) => Float64Array.from(matrix.getColumn(j))),
      weights,
    );
    t.true(near(byRow, want, 1e-12));
    t.true(near(byColumn, want, 1e-12));
  }
});

test('solveCholesky() equals the Cholesky solution of ml-matrix, and refuses an indefinite matrix', t => {
  for (const size of [1, 2, 5, 9]) {
    const root = Matrix.from1DArray(size, size, draw(size * size));
    const matrix = root.mmul(root.transpose()).add(Matrix.eye(size));
    const side = draw(size);
    const want = new CholeskyDecomposition(matrix).solve(Matrix.columnVector(side)).to1DArray();
    const found = side.slice();
    t.true(solveCholesky(Float64Array.from(matrix.to1DArray()), found, size));
    t.true(near(found, want, 1e-10));
  }
  t.false(solveCholesky(Float64Array.from([1, 2, 2, 1]), Float64Array.from([1, 1]), 2));
});

/** Columns of the basis, as rows here; b; and scipy.optimize.nnls(basis, b) of SciPy 1.17. */
const NNLS = [
  {
    columns: [
      [1, 2, 3, 4],
      [1, -1, 0.5, 2],
      [0, 1, 1, -1],
    ],
    b: [2, 1, 0.5, -1],
    want: [0, 0.32, 1.1000000000000003],
  },
  {
    columns: [
      [1, 1, 1, 1, 1],
      [1, 0.5, 0.25, 0.125, 0.0625],
      [1, 0.8, 0.64, 0.512, 0.4096],
    ],
    b: [3, 2.1, 1.7, 1.4, 1.35],
    want: [1.2207640172520027, 1.7784007946986573, 0.00015717932274430987],
  },
];

test('solveBounded() with bounds [0, Infinity) equals scipy.optimize.nnls', t => {
  for (const { columns, b, want } of NNLS) {
    const basis = new Matrix(columns).transpose();
    const x = new Float64Array(3);
    const gram = Float64Array.from(basis.transpose().mmul(basis).to1DArray());
    const side = Float64Array.from(basis.transpose().mmul(Matrix.columnVector(b)).to1DArray());
    const bounds = { low: new Float64Array(3), high: new Float64Array(3).fill(Infinity) };
    t.true(solveBounded({ gram, side, ...bounds }, x));
    t.true(near(x, want, 1e-12), `${x}`);
  }
});

test('solveBounded() meets the conditions of an optimum within two-sided bounds', t => {
  for (let round = 0; round < 200; round++) {
    const basis = Matrix.from1DArray(12, 4, draw(48));
    const gram = Float64Array.from(basis.transpose().mmul(basis).to1DArray());
    const side = draw(4);
    const [low, high] = [new Float64Array(4).fill(-0.05), new Float64Array(4).fill(0.08)];
    const x = new Float64Array(4);
    t.true(solveBounded({ gram, side, low, high }, x));
    for (let j = 0; j < 4; j++) {
      const slope = x.reduce((sum, value, k) => sum + gram[4 * j + k] * value, -side[j]);
      t.true(x[j] >= low[j] && x[j] <= high[j]);
      if (x[j] > low[j] && x[j] < high[j]) t.true(Math.abs(slope) < 1e-9);
      else t.true(x[j] === low[j] ? slope >= -1e-9 : slope <= 1e-9);
    }
  }
});

test('createArena() cuts arrays that do not overlap', t => {
  const cut = createArena(5);
  const [a, b] = [cut(2), cut(3)];
  a.fill(1);
  t.deepEqual(Array.from(b), [0, 0, 0]);
  t.deepEqual(Array.from(a), [1, 1]);
});
