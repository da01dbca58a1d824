/** The packages and apps of this repository, as their package.json files tell it. */

import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { readJson, root } from './command.mjs';

/**
 * One package or app.
 *
 * @typedef {object} WorkspacePackage
 * @property {string} name For example `@halftone/gguf-io`.
 * @property {string} room Its folder's own name, for example `gguf-io`.
 * @property {string} folder Seen from the repository's folder, for example `packages/gguf-io`.
 * @property {string} version
 * @property {boolean} isApp
 * @property {boolean} isPublic Whether it is published.
 * @property {readonly string[]} dependencies Names of all that it declares, for work and for tests.
 */

/** @typedef {Record<string, string>} Ranges */
/** @typedef {{ name: string, version: string, private?: boolean, dependencies?: Ranges, devDependencies?: Ranges, peerDependencies?: Ranges, optionalDependencies?: Ranges }} PackageJson */

/** @returns {WorkspacePackage[]} In the order of their folders. */
export function workspacePackages() {
  return ['apps', 'packages'].flatMap((group) =>
    readdirSync(path.join(root, group))
      .filter((room) => existsSync(path.join(root, group, room, 'package.json')))
      .map((room) => readPackage(group, room)),
  );
}

/** @param {string} group @param {string} room @returns {WorkspacePackage} */
function readPackage(group, room) {
  const folder = `${group}/${room}`;
  const json = /** @type {PackageJson} */ (readJson(`${folder}/package.json`));
  const ranges = [json.dependencies, json.devDependencies, json.peerDependencies, json.optionalDependencies];
  return {
    name: json.name,
    room,
    folder,
    version: json.version,
    isApp: group === 'apps',
    isPublic: json.private !== true,
    dependencies: ranges.flatMap((range) => Object.keys(range ?? {})),
  };
}
