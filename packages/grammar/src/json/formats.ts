import type { Automaton } from '../automaton/automaton';
import { automatonOf } from '../automaton/from-pattern';
import { Budget } from '../budget';

const YEAR_OF_366 = '(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
const DATE = `(?:${YEAR_OF_366}-02-29|\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8])))`;
/** Without leap seconds: which minutes have one is not known beforehand. */
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)';
const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = `(?:${BYTE}\\.){3}${BYTE}`;
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const HOST_NAME = `${LABEL}(?:\\.${LABEL})*`;
const COUNT = '(?:0|[1-9]\\d{0,8})';
const DURATION_TIME = `T(?:${COUNT}H(?:${COUNT}M(?:${COUNT}S)?)?|${COUNT}M(?:${COUNT}S)?|${COUNT}S)`;
const DURATION_DATE = `(?:${COUNT}Y(?:${COUNT}M(?:${COUNT}D)?)?|${COUNT}M(?:${COUNT}D)?|${COUNT}D)`;
const URI_CHARACTER = "(?:[\\w.~!$&'()*+,;=-]|%[\\dA-Fa-f]{2})";
const URI_LETTER = `(?:${URI_CHARACTER}|[:@])`;
const URI_AUTHORITY = `//(?:(?:${URI_CHARACTER}|:)*@)?${URI_CHARACTER}+(?::\\d{1,5})?`;
const URI_PATH = `(?:${URI_LETTER}|/)*`;
const URI_REST = `(?:${URI_LETTER}|[/?])*`;

/** Eight groups of hexadecimal digits, the last two of which may be an IPv4 address; `::` stands for some that are 0. */
function ipv6(): string {
  const group = '[\\dA-Fa-f]{1,4}';
  const tail = `(?:${group}:${group}|${IPV4})`;
  const shortened = Array.from({ length: 8 }, (_, before) => {
    const left = before === 0 ? '' : `(?:${group}:){0,${before - 1}}${group}`;
    const room = 7 - before;
    const right = [
      ...(room > 0 ? [`(?:${group}:){0,${room - 1}}${group}`] : []),
      ...(room > 1 ? [`(?:${group}:){0,${room - 2}}${IPV4}`] : []),
    ];
    return `${left}::(?:${['', ...right].join('|')})`;
  });
  return [`(?:${group}:){6}${tail}`, ...shortened].join('|');
}

/** Formats that are bound, as regular expressions. Others say nothing, as JSON Schema has it. */
const formats: ReadonlyMap<string, string> = new Map([
  // RFC 3339.
  ['date', DATE],
  ['time', TIME],
  ['date-time', `${DATE}T${TIME}`],
  ['duration', `P(?:${COUNT}W|${DURATION_DATE}(?:${DURATION_TIME})?|${DURATION_TIME})`],
  // RFC 4122.
  ['uuid', '[\\dA-Fa-f]{8}(?:-[\\dA-Fa-f]{4}){3}-[\\dA-Fa-f]{12}'],
  ['ipv4', IPV4],
  // RFC 4291.
  ['ipv6', ipv6()],
  // RFC 5321, without quotes and addresses in brackets.
  ['email', `${ATOM}(?:\\.${ATOM})*@(?:${LABEL}\\.)+${LABEL}`],
  // RFC 1123.
  ['hostname', HOST_NAME],
  // RFC 3986, hosts by name or IPv4.
  [
    'uri',
    `[A-Za-z][A-Za-z\\d+.-]*:(?:${URI_AUTHORITY}(?:/${URI_PATH})?|/?${URI_LETTER}${URI_PATH})(?:\\?${URI_REST})?(?:#${URI_REST})?`,
  ],
]);

const made = new Map<string, Automaton>();

/** The texts of a format; `undefined` for one that is not bound. */
export function formatAutomaton(format: unknown): Automaton | undefined {
  const pattern = typeof format === 'string' ? formats.get(format) : undefined;
  if (typeof format !== 'string' || pattern === undefined) return undefined;
  const automaton = made.get(format) ?? automatonOf(`^(?:${pattern})$`, new Budget());
  made.set(format, automaton);
  return automaton;
}
