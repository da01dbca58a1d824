import { backendNames, type Backend, type BackendName } from './backend';
import { KernelError } from './error';
import { testedBackend } from './self-test';

/** Which backend is wanted: one by its name, or the fastest that runs here. */
export type BackendPreference = BackendName | 'auto';

/** Whether a backend runs here. */
export type BackendStatus =
  | { readonly name: BackendName; readonly isAvailable: true; readonly description: string }
  | { readonly name: BackendName; readonly isAvailable: false; readonly reason: string };

/** Opens a backend. `reason` is why this one is asked for; throws a {@link KernelError} `unavailable` that says why it cannot. */
type BackendOpener = (reason: string) => Backend | Promise<Backend>;

/** How to open each backend. */
export type BackendOpeners = Readonly<Record<BackendName, BackendOpener>>;

/** How to open what is native where there is no Node. @throws {@link KernelError} `unavailable`, always. */
export function nativeNeedsNode(): never {
  throw new KernelError('unavailable', 'native code needs Node and the entry @halftone/tensor-kernels/node');
}

/** Whether `text` names a backend or `auto`. */
function isPreference(text: string): text is BackendPreference {
  return text === 'auto' || backendNames.some((name) => name === text);
}

/**
 * Read a preference that a person wrote.
 *
 * @throws {@link KernelError} `unknown-backend`.
 */
export function toPreference(text: string): BackendPreference {
  if (isPreference(text)) return text;
  throw new KernelError('unknown-backend', 'there is no such backend', {
    found: text,
    allowed: ['auto', ...backendNames].join(', '),
  });
}

/**
 * Open the backend that `preference` names, or with `auto` the first of all that runs here and agrees with the reference.
 *
 * @throws {@link KernelError} `unavailable` when the one named does not run here; `auto` always finds one.
 */
export function openFrom(
  openers: BackendOpeners,
  preference: BackendPreference,
  askedBy: string,
): Promise<Backend> {
  return openFirst(openTested(openers), preference, askedBy);
}

/**
 * Open what `preference` names, or with `auto` the first that opens.
 *
 * @throws {@link KernelError} `unavailable` when the one named does not run here, or none does.
 */
export async function openFirst<Opened>(
  open: (name: BackendName, reason: string) => Promise<Opened>,
  preference: BackendPreference,
  askedBy: string,
): Promise<Opened> {
  if (preference !== 'auto') return open(preference, `asked for by ${askedBy}`);
  const refusals: string[] = [];
  for (const name of backendNames) {
    const reason = refusals.length === 0 ? 'the fastest there is' : `because ${refusals.join('; ')}`;
    try {
      return await open(name, reason);
    } catch (error) {
      refusals.push(`${name} is not available (${reasonOf(error)})`);
    }
  }
  throw new KernelError('unavailable', `no backend runs here: ${refusals.join('; ')}`);
}

/** Try every backend, and tell whether it runs here. */
export async function reportFrom(openers: BackendOpeners): Promise<readonly BackendStatus[]> {
  return Promise.all(
    backendNames.map(async (name): Promise<BackendStatus> => {
      try {
        const backend = await openTested(openers)(name, 'tried and equal to the reference');
        return { name, isAvailable: true, description: backend.describe() };
      } catch (error) {
        return { name, isAvailable: false, reason: reasonOf(error) };
      }
    }),
  );
}

function openTested(openers: BackendOpeners): (name: BackendName, reason: string) => Promise<Backend> {
  return async (name, reason) => {
    const backend = await openers[name](reason);
    return name === 'reference' ? backend : testedBackend(backend);
  };
}

/** What a refusal says. Anything but a refusal is a defect, and goes on. */
function reasonOf(error: unknown): string {
  if (error instanceof KernelError && error.code === 'unavailable') return error.message.replace(/\.$/, '');
  throw error;
}
