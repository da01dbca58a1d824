/**
 * Import direction: a package depends only on packages of lower layers, and nobody depends on an app but on one that has a
 * layer.
 *
 * It reads the package.json files. That every import is declared there is proved by the unused-code check
 * and by pnpm, which lets a package see nothing else.
 */

import { pathToFileURL } from 'node:url';
import { layers } from './rooms.mjs';
import { workspacePackages } from './workspace.mjs';

/**
 * Every arrow that does not point down, as a sentence that says what to do.
 *
 * @param {readonly import('./workspace.mjs').WorkspacePackage[]} packages
 * @param {ReadonlyArray<readonly string[]>} layersFromBottom Folder names.
 * @returns {string[]}
 */
export function arrowProblems(packages, layersFromBottom) {
  const byName = new Map(packages.map((one) => [one.name, one]));
  const layerOf = (/** @type {string} */ name) => layersFromBottom.findIndex((layer) => layer.includes(name));
  return packages.flatMap((from) => {
    const fromLayer = from.isApp && layerOf(from.room) < 0 ? layersFromBottom.length : layerOf(from.room);
    if (fromLayer < 0) return [`${from.folder} has no layer: name it in tools/rooms.mjs.`];
    return from.dependencies.flatMap((name) => {
      const to = byName.get(name);
      if (to === undefined) return [];
      if (to.isApp && layerOf(to.room) < 0)
        return [`${from.folder} depends on the app ${to.folder}: move what it needs into a package.`];
      return layerOf(to.room) < fromLayer
        ? []
        : [`${from.folder} depends on ${to.folder}, which is not below it: move what it needs further down.`];
    });
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const problems = arrowProblems(workspacePackages(), layers);
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
