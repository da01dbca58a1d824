/** What Node throws when the operating system refuses a call. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: said the operating system`), { code, syscall: 'call' });
}
