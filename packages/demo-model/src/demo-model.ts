/** Where the files of the demo model lie: `file:` URLs that `node:fs` opens directly. */
export interface DemoModel {
  /** The model: architecture `mistral3`, 8 layers, 10 million weights in BF16, a GGUF file of 21 MB. */
  readonly model: URL;
  /** Importance of every column of its matrices, in the legacy `.dat` format. */
  readonly importanceMatrix: URL;
  /** The published mix of Devstral-Small-2-24B, whose tensor names this model shares. */
  readonly recipe: URL;
  /** The text that the importance matrix was measured on: UTF-8, 0.8 MB. */
  readonly calibrationText: URL;
  /** Other text, to measure on: UTF-8, 1 MB. */
  readonly validationText: URL;
}

/** The files lie beside `src` and beside `dist` alike, so one relative address serves both. */
function fileUrl(name: string): URL {
  return new URL(`../files/${name}`, import.meta.url);
}

/** A small model that is real: what quantization does to large models, it does to this one. */
export const demoModel: DemoModel = {
  model: fileUrl('demo-10M-BF16.gguf'),
  importanceMatrix: fileUrl('demo-10M.imatrix.dat'),
  recipe: fileUrl('devstral-small-2-iq4_kss.recipe'),
  calibrationText: fileUrl('calibration.txt'),
  validationText: fileUrl('validation.txt'),
};
