import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { demoModel, type DemoModel } from '../src/index';

/** Length in bytes and SHA-256 of every file: published figures were measured on exactly these. */
const expected: Record<keyof DemoModel, { bytes: number; sha256: string }> = {
  model: { bytes: 21254720, sha256: '051086eb6afa6a31bfb9d6033a4971c2b5748a594b43581fdcd8482d241e2578' },
  importanceMatrix: {
    bytes: 75557,
    sha256: '174d0eb22271ac19961418479884760cb478b2effeb7dd5a0a7524eedd59738b',
  },
  recipe: { bytes: 581, sha256: '85986c1ade69d0d52dfc28eca60cbf010314c85c727950aede52fbcaae5de41b' },
  calibrationText: {
    bytes: 793224,
    sha256: 'a53b247cbfa71b6c855f274c19b30d74fe8be4f41f2336ec9afa9065a1dd5f75',
  },
  validationText: {
    bytes: 1004916,
    sha256: 'fa4f6d4858e3dd0ed8b79ba7f396d06afedc034ec99173faa7a5c9601156ae3c',
  },
};

describe('demoModel', () => {
  it.each(Object.entries(demoModel) as [keyof DemoModel, URL][])(
    '%s is the published file',
    async (name, url) => {
      const bytes = await readFile(url);
      expect({ bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }).toEqual(
        expected[name],
      );
    },
  );
});
