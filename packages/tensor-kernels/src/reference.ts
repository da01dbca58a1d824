import { decodeRows, encodeRows, formats } from '@halftone/quant-formats';
import type { Backend } from './backend';
import { checkErrorLengths } from './lengths';
import { addErrors, NO_ERROR, rowErrors } from './square-error';

/** The backend in plain TypeScript: it runs everywhere, and says what the others must give. */
export function referenceBackend(reason: string): Backend {
  return {
    name: 'reference',
    runs: () => 'reference',
    describe: () => `reference: TypeScript, ${reason}`,
    decodeRows(format, bytes, columns, out) {
      decodeRows(formats[format], bytes, columns, out);
    },
    encodeRows(format, weights, columns, importance, out) {
      encodeRows(formats[format], weights, columns, importance, out);
    },
    firstBeyond(weights, limit) {
      // NaN is within no limit. A flag instead of a way out keeps the loop over good weights short.
      let isWithin = true;
      for (const weight of weights) isWithin = isWithin && Math.abs(weight) <= limit;
      return isWithin ? undefined : weights.findIndex((weight) => !(Math.abs(weight) <= limit));
    },
    squareErrors(weights, decoded, columns, importance) {
      checkErrorLengths(weights, decoded, columns, importance);
      let errors = NO_ERROR;
      for (let start = 0; start < weights.length; start += columns) {
        const end = start + columns;
        errors = addErrors(
          errors,
          rowErrors(weights.subarray(start, end), decoded.subarray(start, end), importance),
        );
      }
      return errors;
    },
  };
}
