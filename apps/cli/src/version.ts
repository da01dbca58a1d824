import packageJson from '../package.json' with { type: 'json' };

/** Version of the command, as in its package. */
export const VERSION: string = packageJson.version;
/** Name and version, as the provenance of a file tells them. */
export const TOOL = `halftone ${VERSION}`;
