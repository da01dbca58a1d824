import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoModel } from '@halftone/demo-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { halftone } from './halftone';

const model = fileURLToPath(demoModel.model);

const WINOGRANDE = `\
0,Sarah was a much better surgeon than Maria so _ always got the easier cases.,Sarah,Maria,2
1,"The box did not fit into the bag because the _ was far too large for it.",box,bag,1
2,"The server answered the client before the _ had read the whole request, which was wrong.",client,server,2
`;

/** `llama-perplexity --winogrande` of ik_llama.cpp 8337e4cd3 on the demo model. */
const PEER_SCORES = [
  [-7.697764, -8.240195],
  [-3.544739, -3.796471],
  [-4.576422, -4.581225],
];

const HELLASWAG = `\
The weather in Paris today is
1
seven function arguments
sunny and warm
a list of bytes
return null
To open a file in Python, call
0
the open function with its name
the weather in Rome
a very old house
sunny and warm
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halftone-choose-'));
  await writeFile(join(folder, 'winogrande.csv'), WINOGRANDE);
  await writeFile(join(folder, 'hellaswag.txt'), HELLASWAG);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Told {
  readonly accuracy: { readonly value: number };
  readonly answers: readonly { readonly scores: readonly number[]; readonly chosen: number }[];
}

describe('halftone choose', () => {
  it('scores the answers of Winogrande as the peer does', async () => {
    const file = join(folder, 'winogrande.csv');
    const { stdout } = await halftone('choose', 'winogrande', '-m', model, '-f', file, '--json');
    const { accuracy, answers } = JSON.parse(stdout) as Told;
    expect(accuracy.value).toBeCloseTo(1 / 3);
    for (const [task, scores] of PEER_SCORES.entries()) {
      for (const [answer, score] of scores.entries()) {
        expect(Math.abs((answers[task]?.scores[answer] ?? 0) - score)).toBeLessThan(0.002);
      }
    }
  });

  it('finds as many endings of HellaSwag as the peer', async () => {
    const file = join(folder, 'hellaswag.txt');
    const { stdout } = await halftone('choose', 'hellaswag', '-m', model, '-f', file);
    expect(stdout).toBe(
      'accuracy 50.00 % +/- (not known: too few samples) over 2 tasks (by chance 25.00 %)\n',
    );
  });

  it('says what a file lacks', async () => {
    const { code, stderr } = await halftone(
      'choose',
      'hellaswag',
      '-m',
      model,
      '-f',
      join(folder, 'winogrande.csv'),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/a task has 6 lines/);
  });
});
