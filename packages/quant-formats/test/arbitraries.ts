import * as fc from 'fast-check';

/** A row whose weights are small whole numbers times one power of ten from 1e-45 (subnormal) to 1e30. */
function scaledRow(columns: number): fc.Arbitrary<Float32Array> {
  return fc
    .tuple(
      fc.integer({ min: -45, max: 30 }),
      fc.array(fc.integer({ min: -100, max: 100 }), { minLength: columns, maxLength: columns }),
    )
    .map(([exponent, codes]) => Float32Array.from(codes, (code) => code * 10 ** exponent));
}

/** A row of one value. */
function constantRow(columns: number): fc.Arbitrary<Float32Array> {
  return anyWeight().map((value) => new Float32Array(columns).fill(value));
}

/** A row of zeros but for a few weights of any magnitude. */
function sparseRow(columns: number): fc.Arbitrary<Float32Array> {
  const entry = fc.tuple(fc.nat(columns - 1), anyWeight());
  return fc.array(entry, { minLength: 1, maxLength: 6 }).map((entries) => {
    const row = new Float32Array(columns);
    for (const [index, value] of entries) row[index] = value;
    return row;
  });
}

/** Finite, up to 1e30, zeros of both signs and subnormals included. */
function anyWeight(): fc.Arbitrary<number> {
  const limit = Math.fround(1e30);
  return fc.float({ min: -limit, max: limit, noNaN: true });
}

/** Rows that no trained model has, and that an encoder must survive all the same. */
export function oddRow(columns: number): fc.Arbitrary<Float32Array> {
  return fc.oneof(scaledRow(columns), constantRow(columns), sparseRow(columns));
}

/** None, or one per column: equal ones, sparse ones, or of any magnitude. */
export function anyImportance(columns: number): fc.Arbitrary<Float32Array | undefined> {
  const value = fc.oneof(
    fc.constant(0),
    fc.constant(1),
    fc.float({ min: 0, max: Math.fround(1e6), noNaN: true }),
  );
  const values = fc.array(value, { minLength: columns, maxLength: columns });
  return fc.option(
    values.map((list) => Float32Array.from(list)),
    { nil: undefined },
  );
}
