/** The shape of the record of a tensor, in words: `256 columns` or `8 experts of 256 columns`. */
export function shapeWords(record: {
  readonly sums: ArrayLike<number>;
  readonly counts: ArrayLike<number>;
}): string {
  const experts = record.counts.length;
  const columns = `${record.sums.length / experts} columns`;
  return experts === 1 ? columns : `${experts} experts of ${columns}`;
}
