import { toPreference, type BackendPreference } from './open';

/** The environment variable that overrides every preference. */
const BACKEND_VARIABLE = 'HALFTONE_BACKEND';

/**
 * The preference that counts: that of HALFTONE_BACKEND if it is set, otherwise the caller's, and whose it is.
 *
 * @throws `KernelError` `unknown-backend` when HALFTONE_BACKEND names none.
 */
export function backendOverride(preference: BackendPreference): {
  readonly preference: BackendPreference;
  readonly askedBy: string;
} {
  const override = process.env[BACKEND_VARIABLE];
  return override === undefined
    ? { preference, askedBy: 'name' }
    : { preference: toPreference(override), askedBy: BACKEND_VARIABLE };
}
