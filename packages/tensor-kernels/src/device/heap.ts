import { KernelError } from '../error';
import { ALIGNMENT, PAGE_BYTES } from '../wasm-module';

/** A WebAssembly memory has 32-bit addresses. */
const MAX_BYTES = 2 ** 32;

/** A piece of memory that nobody uses. */
interface Gap {
  readonly start: number;
  readonly end: number;
}

/** Hands out pieces of a WebAssembly memory from its first free byte on, and takes them back. The memory grows as needed. */
export class Heap {
  readonly #memory: WebAssembly.Memory;
  /** In the order of their addresses; no two touch. */
  #gaps: readonly Gap[] = [];
  /** Bytes from here on were never used. */
  #end: number;
  readonly #lengths = new Map<number, number>();

  constructor(memory: WebAssembly.Memory, firstFree: number) {
    this.#memory = memory;
    this.#end = alignUp(firstFree);
  }

  /**
   * The address of `bytes` bytes, all zero.
   *
   * @throws {@link KernelError} `out-of-memory`.
   */
  allocate(bytes: number): number {
    const length = Math.max(alignUp(bytes), ALIGNMENT);
    const gap = this.#gaps.find(({ start, end }) => end - start >= length);
    const address = gap === undefined ? this.#grow(length) : this.#cut(gap, length);
    this.#lengths.set(address, length);
    return address;
  }

  free(address: number): void {
    const freed = { start: address, end: address + (this.#lengths.get(address) ?? 0) };
    this.#lengths.delete(address);
    const before = this.#gaps.filter(({ end }) => end <= freed.start);
    const after = this.#gaps.filter(({ start }) => start >= freed.end);
    this.#gaps = [...before, freed, ...after].reduce<readonly Gap[]>((gaps, gap) => {
      const last = gaps.at(-1);
      return last?.end === gap.start
        ? [...gaps.slice(0, -1), { start: last.start, end: gap.end }]
        : [...gaps, gap];
    }, []);
  }

  #cut(gap: Gap, length: number): number {
    const rest = { start: gap.start + length, end: gap.end };
    this.#gaps = this.#gaps.flatMap((each) => (each !== gap ? [each] : rest.start < rest.end ? [rest] : []));
    new Uint8Array(this.#memory.buffer, gap.start, length).fill(0);
    return gap.start;
  }

  #grow(length: number): number {
    const start = this.#end;
    const missing = start + length - this.#memory.buffer.byteLength;
    if (start + length > MAX_BYTES) throw outOfMemory(length);
    if (missing > 0) {
      try {
        this.#memory.grow(Math.ceil(missing / PAGE_BYTES));
      } catch (cause) {
        throw outOfMemory(length, cause);
      }
    }
    this.#end = start + length;
    return start;
  }
}

function alignUp(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function outOfMemory(bytes: number, cause?: unknown): KernelError {
  return new KernelError('out-of-memory', 'there is no memory for a buffer', {
    found: `${bytes} bytes more`,
    allowed: 'no more than 4 GiB in all, which is what WebAssembly can address',
    advice: 'Use the native device, a smaller context or a smaller model.',
    cause,
  });
}
