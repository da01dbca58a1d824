export { createFileSink } from './node/file-sink';
export { openFileSource } from './node/file-source';
export { openGgufFile } from './node/open-file';
