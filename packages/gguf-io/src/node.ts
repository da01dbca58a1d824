export { openFileSource } from './node/file-source';
