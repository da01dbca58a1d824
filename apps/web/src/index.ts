export { pageFiles, type PageFile } from './page-files';
