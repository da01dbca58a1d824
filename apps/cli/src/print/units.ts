const BYTE_UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
const DECIMALS = { bytes: 0, KiB: 1, MiB: 2, GiB: 3, TiB: 3 } as const;

/** `12.069 GiB`, `18.07 MiB`, `512 bytes`: binary units, with as many decimals as people quote. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit: (typeof BYTE_UNITS)[number] = 'bytes';
  for (const larger of BYTE_UNITS.slice(1)) {
    if (value < 1024) break;
    value /= 1024;
    unit = larger;
  }
  return `${value.toFixed(DECIMALS[unit])} ${unit}`;
}

/** `23,572,403,200`: groups of three digits, whatever the locale. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `4.398`: bits per weight, as the field quotes them. */
export function formatBitsPerWeight(bits: number): string {
  return bits.toFixed(3);
}

/** `1:02:03`, `2:05` or `0:07`, from seconds. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, '0');
  return hours === 0
    ? `${String(minutes)}:${rest}`
    : `${String(hours)}:${String(minutes).padStart(2, '0')}:${rest}`;
}

/** `512 x 1536`: the dimensions of a tensor in ggml's order, fastest first. */
export function formatDimensions(dimensions: readonly number[]): string {
  return dimensions.map(String).join(' x ');
}

/** `1, 5-7`: whole numbers in ascending order, those that follow one another together. */
export function formatRanges(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
}

/** `12.35 %`, from a share of 1. */
export function formatPercent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

/** How far a figure may be off: `0.78375`, or that it is not known, for too little was measured. */
export function formatError(error: number, format: (error: number) => string): string {
  return Number.isNaN(error) ? '(not known: too few samples)' : format(error);
}

/** `1 tensor`, `2 tensors`: a count and its noun. */
export function formatPlural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
