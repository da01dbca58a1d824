export { withFileErrors } from './node/file-error';
export { createFileSink, openPartialSink } from './node/file-sink';
export { openFileSource } from './node/file-source';
export { openGgufFile } from './node/open-file';
export { pathBeside } from './node/path-beside';
export { writeParts } from './node/write-parts';
