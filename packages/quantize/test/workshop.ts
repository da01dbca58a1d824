import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GgufValue } from '@halftone/gguf-io';
import { openGgufFile } from '@halftone/gguf-io/node';
import type { ImportanceMatrix } from '@halftone/imatrix';
import { prepare, quantizeToFile, type FileJob, type Prepared, type TensorReport } from '@halftone/quantize';
import { compilePattern, parseFtype, parseRecipe } from '@halftone/recipe-dsl';
import { tinyModelBytes, tinyTensor, type TinyTensor } from './tiny-model';

/** A model of two matrices, a norm, and two matrices more: no length is a multiple of the alignment by chance alone. */
export const workshopTensors: readonly TinyTensor[] = [
  tinyTensor('token_embd.weight', [256, 3]),
  tinyTensor('blk.0.attn_q.weight', [256, 5]),
  tinyTensor('blk.0.attn_norm.weight', [250]),
  tinyTensor('blk.0.ffn_up.weight', [512, 7]),
  tinyTensor('output.weight', [256, 3]),
];

/** What to make of the source in a {@link Workshop}. */
export interface Order {
  readonly recipe?: string;
  readonly importanceMatrix?: ImportanceMatrix;
  readonly strict?: boolean;
  /** Patterns of the tensors that are made again; left out, all are made. */
  readonly only?: readonly string[] | undefined;
}

/** A folder with a model, and outputs made of it. */
export class Workshop {
  readonly folder: string;
  readonly source: string;
  readonly output: string;
  readonly partial: string;
  readonly journal: string;
  readonly lock: string;

  static async open(): Promise<Workshop> {
    const workshop = new Workshop(await mkdtemp(join(tmpdir(), 'quantize-')));
    await workshop.writeSource(workshopTensors);
    return workshop;
  }

  private constructor(folder: string) {
    this.folder = folder;
    this.source = join(folder, 'in.gguf');
    this.output = join(folder, 'out.gguf');
    this.partial = `${this.output}.partial`;
    this.journal = `${this.output}.partial.journal`;
    this.lock = `${this.output}.partial.lock`;
  }

  async writeSource(
    tensors: readonly TinyTensor[],
    metadata?: readonly (readonly [string, GgufValue])[],
  ): Promise<void> {
    await writeFile(this.source, await tinyModelBytes(tensors, metadata));
  }

  /** Open the files that an order needs, and close them behind the work. */
  async prepared<Result>(order: Order, work: (prepared: Prepared) => Promise<Result>): Promise<Result> {
    const { recipe = 'attn=iq6_k,ffn=iq4_ks', only, ...options } = order;
    const source = await openGgufFile(this.source);
    const earlier = only && (await openGgufFile(this.output));
    try {
      const patterns = only?.map((pattern) => compilePattern(pattern, { file: '--only' })) ?? [];
      const prepared = prepare(source, {
        ...options,
        ftype: parseFtype('Q8_0'),
        recipe: parseRecipe(recipe, 'test.recipe'),
        redo: earlier && { file: earlier, only: patterns },
      });
      return await work(prepared);
    } finally {
      await earlier?.close();
      await source.close();
    }
  }

  /** Make the output. */
  quantize(order: Order = {}, job: Partial<FileJob> = {}): Promise<readonly TensorReport[]> {
    return this.prepared(order, (prepared) =>
      quantizeToFile(prepared, { output: this.output, threads: 1, ...job }),
    );
  }

  /** Make the output, and end when `tensors` of its tensors are whole. */
  async interrupt(tensors: number, order: Order = {}): Promise<void> {
    const controller = new AbortController();
    let whole = 0;
    const onTensor = (): void => {
      if (++whole === tensors) controller.abort();
    };
    await this.quantize(order, { onTensor, signal: controller.signal }).then(
      () => Promise.reject(new Error('the work was not interrupted')),
      (error: unknown) => {
        if (!(error instanceof Error && 'code' in error && error.code === 'aborted')) throw error;
      },
    );
  }

  outputBytes(): Promise<Buffer> {
    return readFile(this.output);
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

/** An importance matrix for rows of 256 and 512 weights: more important from column to column. */
export function workshopImportance(): ImportanceMatrix {
  const columnsOf = { 'blk.0.attn_q.weight': 256, 'blk.0.ffn_up.weight': 512 };
  const entries = Object.entries(columnsOf).map(
    ([name, columns]) =>
      [
        name,
        { name, sums: Float32Array.from({ length: columns }, (_, i) => 1 + i), counts: Float64Array.of(1) },
      ] as const,
  );
  return {
    source: 'test.dat',
    entries: new Map(entries),
    chunkCount: undefined,
    chunkSize: undefined,
    datasets: [],
  };
}
