import type { ImatrixRequest } from '../imatrix-command';
import type { Output } from '../print/output';
import { computeImatrix } from './imatrix-compute';
import { convertImatrix, mergeImatrix } from './imatrix-write';
import { showImatrix } from './imatrix-show';

/** `halftone imatrix`: what is done with importance matrices. */
export async function imatrix(request: ImatrixRequest, output: Output, signal: AbortSignal): Promise<void> {
  switch (request.verb) {
    case 'show':
      return showImatrix(request, output);
    case 'merge':
      return mergeImatrix(request, output);
    case 'convert':
      return convertImatrix(request, output);
    case 'compute':
      return computeImatrix(request, output, signal);
  }
}
