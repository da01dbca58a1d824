import { afterEach, describe, expect, test, vi } from 'vitest';
import { KernelError } from '../src/error';
import { backendReport, openBackend } from '../src/node';
import { openFrom, reportFrom, type BackendOpeners } from '../src/open';
import { backendReport as portableReport, openBackend as openPortable } from '../src/open-portable';
import { referenceBackend } from '../src/reference';

const unavailable: BackendOpeners = {
  native: () => {
    throw new KernelError('unavailable', 'no addon');
  },
  wasm: () => {
    throw new KernelError('unavailable', 'no SIMD');
  },
  reference: referenceBackend,
};

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('openFrom', () => {
  test('auto takes the first that runs, and says what became of the others', async () => {
    const backend = await openFrom(unavailable, 'auto', 'name');
    expect(backend.describe()).toBe(
      'reference: TypeScript, because native is not available (no addon); wasm is not available (no SIMD)',
    );
    expect(backend.runs('q8_0')).toBe('reference');
  });

  test('a backend asked for by name is not replaced', async () => {
    await expect(openFrom(unavailable, 'wasm', 'name')).rejects.toThrow('no SIMD');
  });

  test('a backend that gives other bytes than the reference is not used', async () => {
    const wrong: BackendOpeners = {
      ...unavailable,
      native: (reason) => ({
        ...referenceBackend(reason),
        name: 'native',
        runs: () => 'native',
        decodeRows: (_format, _bytes, _columns, out) => out.fill(1),
      }),
    };
    const backend = await openFrom(wrong, 'auto', 'name');
    expect(backend.describe()).toMatch(
      /native is not available \(.*other bytes than the reference for f32, f16/,
    );
    await expect(openFrom(wrong, 'native', 'name')).rejects.toThrow('other bytes than the reference');
  });

  test('a format that takes long to try is tried when it is first used, and refused each time', async () => {
    const wrong: BackendOpeners = {
      ...unavailable,
      native: (reason) => ({
        ...referenceBackend(reason),
        name: 'native',
        runs: (format) => (format === 'iq4_kt' ? 'native' : 'reference'),
        encodeRows: (_format, _weights, _columns, _importance, out) => out.fill(1),
      }),
    };
    const backend = await openFrom(wrong, 'native', 'name');
    const decode = (): void => {
      backend.decodeRows('iq4_kt', new Uint8Array(132), 256, new Float32Array(256));
    };
    expect(decode).toThrow('other bytes than the reference for iq4_kt');
    expect(decode).toThrow('other bytes than the reference for iq4_kt');
  });

  test('a defect is not taken for a refusal', async () => {
    const broken: BackendOpeners = {
      ...unavailable,
      native: () => {
        throw new TypeError('a defect');
      },
    };
    await expect(openFrom(broken, 'auto', 'name')).rejects.toThrow(TypeError);
  });

  test('the report says for each whether it runs', async () => {
    expect(await reportFrom(unavailable)).toEqual([
      { name: 'native', isAvailable: false, reason: 'no addon' },
      { name: 'wasm', isAvailable: false, reason: 'no SIMD' },
      {
        name: 'reference',
        isAvailable: true,
        description: 'reference: TypeScript, tried and equal to the reference',
      },
    ]);
  });
});

describe('with Node', () => {
  test('WebAssembly and the reference always run', async () => {
    const running = (await backendReport()).filter(({ isAvailable }) => isAvailable).map(({ name }) => name);
    expect(running).toEqual(expect.arrayContaining(['wasm', 'reference']));
  });

  test('HALFTONE_BACKEND overrides the preference', async () => {
    vi.stubEnv('HALFTONE_BACKEND', 'reference');
    expect((await openBackend('wasm')).describe()).toBe(
      'reference: TypeScript, asked for by HALFTONE_BACKEND',
    );
  });

  test('HALFTONE_BACKEND with a name that no backend has', () => {
    vi.stubEnv('HALFTONE_BACKEND', 'cuda');
    expect(() => openBackend()).toThrow('found cuda, allowed auto, native, wasm, reference');
  });
});

describe('without Node', () => {
  test('native code is refused with the way to it', async () => {
    const [native] = await portableReport();
    expect(native).toEqual({
      name: 'native',
      isAvailable: false,
      reason: 'native code needs Node and the entry @halftone/tensor-kernels/node',
    });
  });

  test('the module is fetched', async () => {
    const { readFile } = await import('node:fs/promises');
    vi.stubGlobal('fetch', async (url: URL) => new Response(await readFile(url)));
    expect((await openPortable('wasm')).name).toBe('wasm');
    vi.stubGlobal('fetch', async () => new Response('', { status: 404 }));
    await expect(openPortable('wasm')).rejects.toThrow('the WebAssembly module cannot be read');
    vi.stubGlobal('fetch', async () => new Response('no module'));
    await expect(openPortable('wasm')).rejects.toThrow('does not run here');
    vi.unstubAllGlobals();
  });
});
