/** The part of JSON Schema that the OpenAPI document has. */
export interface PlaceSchema {
  readonly type?: string;
  readonly anyOf?: readonly PlaceSchema[];
  readonly oneOf?: readonly PlaceSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, PlaceSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: PlaceSchema | boolean;
  readonly propertyNames?: PlaceSchema;
  readonly items?: PlaceSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** A place of a body: how it is called, what may stand there, and the body around a value of it. */
export interface Place {
  readonly path: readonly string[];
  readonly schema: PlaceSchema;
  readonly around: (value: unknown) => unknown;
}

/** The least of what a schema allows. */
function least(schema: PlaceSchema): unknown {
  const [form] = schema.anyOf ?? schema.oneOf ?? [];
  if (form !== undefined) return least(form);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  switch (schema.type) {
    case 'string':
      return 'x'.repeat(schema.minLength ?? 0);
    case 'integer':
    case 'number':
      return Math.max(0, schema.minimum ?? 0);
    case 'boolean':
      return false;
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => least(schema.items ?? {}));
    case 'object':
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, least(schema.properties?.[name] ?? {})]),
      );
    default:
      return null;
  }
}

/** All places of what a schema describes, itself the first. */
export function placesOf(
  schema: PlaceSchema,
  path: readonly string[] = [],
  around: Place['around'] = (value) => value,
): readonly Place[] {
  const forms = schema.anyOf ?? schema.oneOf ?? [];
  const inForms = forms.flatMap((form) => placesOf(form, path, around).slice(1));
  const object = least({ ...schema, type: 'object' }) as object;
  const members = Object.entries(schema.properties ?? {}).flatMap(([name, inner]) =>
    placesOf(inner, [...path, name], (value) => around({ ...object, [name]: value })),
  );
  const { items } = schema;
  const elements = items === undefined ? [] : placesOf(items, [...path, '0'], (value) => around([value]));
  return [{ path, schema, around }, ...inForms, ...members, ...elements];
}

/** Values of each kind, and those just beyond the limits of a schema. */
export function triedValues(schema: PlaceSchema): readonly unknown[] {
  const { minimum, maximum, maxLength, maxItems } = schema;
  const forms = (schema.anyOf ?? schema.oneOf ?? []).flatMap((form) => [...beyond(form)]);
  return [
    ...[
      true,
      0,
      -7,
      7.5,
      1e300,
      '',
      'nonsense \u2603',
      [],
      [[]],
      [{}],
      {},
      { nonsense: 1 },
      { type: 'nonsense' },
    ],
    ...([minimum, maximum, maxLength, maxItems].some((limit) => limit !== undefined) ? beyond(schema) : []),
    ...forms,
  ];
}

function beyond({ minimum, maximum, maxLength, maxItems, items }: PlaceSchema): readonly unknown[] {
  return [
    ...(minimum === undefined ? [] : [minimum - 1]),
    ...(maximum === undefined ? [] : [maximum + 1]),
    ...(maxLength === undefined || maxLength > 10_000 ? [] : ['x'.repeat(maxLength + 1)]),
    ...(maxItems === undefined ? [] : [Array.from({ length: maxItems + 1 }, () => least(items ?? {}))]),
  ];
}

/** Whether a schema allows a value. */
export function isValid(schema: PlaceSchema, value: unknown): boolean {
  if (schema.anyOf !== undefined) return schema.anyOf.some((form) => isValid(form, value));
  if (schema.oneOf !== undefined) return schema.oneOf.filter((form) => isValid(form, value)).length === 1;
  if (schema.const !== undefined) return schema.const === value;
  if (schema.enum !== undefined) return schema.enum.includes(value);
  switch (schema.type) {
    case 'string': {
      const { minLength = 0, maxLength = Infinity, pattern = '' } = schema;
      if (typeof value !== 'string' || !new RegExp(pattern).test(value)) return false;
      return value.length >= minLength && value.length <= maxLength;
    }
    case 'integer':
    case 'number': {
      const { minimum = -Infinity, maximum = Infinity, type } = schema;
      if (typeof value !== 'number' || (type === 'integer' && !Number.isInteger(value))) return false;
      return value >= minimum && value <= maximum;
    }
    case 'boolean':
      return typeof value === 'boolean';
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value) && isValidList(schema, value);
    case 'object':
      return (
        typeof value === 'object' && value !== null && !Array.isArray(value) && isValidObject(schema, value)
      );
    default:
      return true;
  }
}

function isValidList(
  { minItems = 0, maxItems = Infinity, items = {} }: PlaceSchema,
  value: unknown[],
): boolean {
  return value.length >= minItems && value.length <= maxItems && value.every((one) => isValid(items, one));
}

function isValidObject(
  { properties = {}, required = [], additionalProperties, propertyNames = {} }: PlaceSchema,
  value: object,
): boolean {
  const others = typeof additionalProperties === 'object' ? additionalProperties : {};
  return (
    required.every((name) => name in value) &&
    Object.entries(value).every(
      ([name, one]) => isValid(propertyNames, name) && isValid(properties[name] ?? others, one),
    )
  );
}
