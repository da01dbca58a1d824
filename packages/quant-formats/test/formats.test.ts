import { formats } from '../src';
import { testFormat } from './conformance';

for (const format of Object.values(formats)) testFormat(format);
