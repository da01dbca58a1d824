import { isIP } from 'node:net';
import type { DoorContext } from './context';
import { HttpError } from './errors';

/** Whose requests are taken. */
export interface ForeignRules {
  /** Pages of these origins may ask, besides the server's own; `*`: all. */
  readonly origins: readonly string[];
  /** Hosts by which the server may be asked for, besides {@link LOOPBACK}; `undefined`: any. */
  readonly hosts: readonly string[] | undefined;
}

/** This machine, as it calls itself. */
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** Who listens at one of these listens at all addresses of the machine. */
const ALL_ADDRESSES: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/**
 * Refuse what pages of foreign sites send, which could have a model work for them.
 *
 * A browser tells the origin of the page. But where the name of a foreign site is made to lead to this machine (DNS rebinding), that
 * page's origin looks like the server's own, and it may read the answers too: only the name in the Host header tells. An
 * address there is harmless, for no foreign page has one that leads here.
 */
export function refuseForeign({ origins, hosts }: ForeignRules) {
  const named = new Set(origins);
  const known = hosts === undefined ? undefined : new Set([...LOOPBACK, ...hosts.map(hostName)]);
  const takesAddresses = hosts?.some((host) => ALL_ADDRESSES.has(hostName(host))) ?? false;
  return async ({ req }: DoorContext, next: () => Promise<void>): Promise<void> => {
    const host = req.header('host') ?? new URL(req.url).host;
    const name = hostName(host.replace(/:\d+$/, ''));
    if (known !== undefined && !known.has(name) && !(takesAddresses && isIP(name) > 0))
      throw foreignHost(host);
    const origin = req.header('origin');
    // A proxy in front that speaks https passes the Host on: the page is the server's own. Of another port it is another host.
    const isOwn = origin?.replace(/^https?:\/\//, '') === host;
    if (origin !== undefined && !isOwn && !named.has(origin) && !named.has('*')) throw foreignPage(origin);
    await next();
  };
}

/** A host without the brackets of an address, in the one way of writing it. */
function hostName(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

function foreignHost(host: string): HttpError {
  return new HttpError(
    403,
    `the host ${JSON.stringify(host)} is not one of this server's: a page of another site could have sent this. ` +
      'Ask for localhost or 127.0.0.1, or start the server with --allowed-host and that name',
    { code: 'host_not_allowed' },
  );
}

function foreignPage(origin: string): HttpError {
  return new HttpError(403, `pages of ${origin} may not ask: --cors-origin names those that may`, {
    code: 'origin_not_allowed',
  });
}
