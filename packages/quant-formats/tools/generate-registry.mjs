/**
 * Writes src/registry.generated.ts: every file of src/formats, imported under its name. The folder is the registry.
 *
 *     node tools/generate-registry.mjs           write
 *     node tools/generate-registry.mjs --check   fail when the file is not what would be written
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../src/formats/', import.meta.url);
const target = new URL('../src/registry.generated.ts', import.meta.url);

/** @param {string[]} names */
function registrySource(names) {
  /** @param {(name: string) => string} line */
  const lines = (line) => names.map(line).join('\n');
  return `// Made by tools/generate-registry.mjs from the files of src/formats. Do not edit: add a file there and run it again.
import type { FormatDefinition } from './format';
${lines((name) => `import ${name} from './formats/${name}';`)}

/** Names of the formats that can be read, as ggml writes them. */
export type FormatName =
${lines((name) => `  | '${name}'`)};

/** Every format, by name. */
export const formats: { readonly [Name in FormatName]: FormatDefinition<Name> } = {
${lines((name) => `  ${name},`)}
};
`;
}

const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .sort();
const source = registrySource(names);

if (!process.argv.includes('--check')) {
  writeFileSync(target, source);
} else if (readFileSync(target, 'utf8') !== source) {
  process.stderr.write(
    'src/registry.generated.ts is not what src/formats says. Run: node packages/quant-formats/tools/generate-registry.mjs\n',
  );
  process.exitCode = 1;
}
