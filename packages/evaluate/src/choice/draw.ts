import { MersenneTwister } from './mersenne-twister';

/**
 * Draw tasks as llama-perplexity does (examples/perplexity/perplexity.cpp of ik_llama.cpp), so that a score on some of the
 * tasks is one on the same: its random numbers are `std::mt19937` from the seed 1.
 *
 * For HellaSwag it draws with `std::uniform_int_distribution` and closes the gap; the order is the drawn one even where all
 * are taken.
 *
 * @param count - how many; all if there are no more.
 */
export function drawHellaSwag<Task>(tasks: readonly Task[], count: number): Task[] {
  const random = new MersenneTwister(1);
  const left = [...tasks];
  return Array.from({ length: Math.min(count, tasks.length) }, () =>
    left.splice(random.below(left.length), 1),
  ).flat();
}

/**
 * As {@link drawHellaSwag}, for Winogrande and multiple choice: there a product in float32 is the place, and the last of those
 * left takes it. Where all are taken, their order is that of the file.
 */
export function drawTasks<Task>(tasks: readonly Task[], count: number): Task[] {
  if (count >= tasks.length) return [...tasks];
  const random = new MersenneTwister(1);
  const left = [...tasks];
  return Array.from({ length: count }, () => {
    const share = Math.fround(Math.fround(random.next()) / 2 ** 32);
    // A number that float32 rounds up to 2^32 would be beyond the last.
    const place = Math.min(Math.floor(Math.fround(share * left.length)), left.length - 1);
    const drawn = left.slice(place, place + 1);
    left.splice(place, 1, ...left.slice(-1));
    left.pop();
    return drawn;
  }).flat();
}
