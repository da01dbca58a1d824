export { openModel, type OpenedModel, type OpenModelOptions } from './node/open-model';
