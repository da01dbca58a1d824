import { expect, it } from 'vitest';
import { runReadmeExample } from '../../../tools/readme-example';

it('the example of the README runs', async () => {
  const told = await runReadmeExample(import.meta.url, {
    'model.imatrix.dat': 'test/goldens/demo-10M-cut.imatrix.dat',
  });
  expect(told.split('\n')).toEqual([
    '3 entries from 455 chunks of calib.txt',
    "{ tensor: 'blk.0.ffn_gate.weight', entry: 'blk.0.ffn_up.weight' }",
    'row 5: 256 values',
    '',
  ]);
});
