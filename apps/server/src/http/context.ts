import type { Context, Hono } from 'hono';
import type { HttpError } from './errors';
import type { WireNames } from './wire-names';
import type { Engine, SlotOwner } from '../engine/engine';

/** What all doors share. */
export interface Doors {
  readonly engine: Engine;
  /** When the server began: seconds since 1970. */
  readonly created: number;
}

/** What the middleware tells the doors of a request. */
export interface DoorVariables {
  Variables: {
    /** Who asks: requests of different clients are taken in turn. */
    client: string;
    /** The client's own folder for conversations; `undefined` where there are no keys. */
    folder: SlotOwner['folder'];
    requestId: string;
    /** The names that the API of the door has for the parts of a request. */
    names: WireNames;
    /** Aborted when the client goes away, with the error that says so. */
    gone: AbortSignal;
    /** For an answer that is streamed: resolved when it is over, with what ended it before its end. */
    streamed: Promise<HttpError | undefined> | undefined;
  };
}

/** An app with the variables of the doors. */
export type DoorApp = Hono<DoorVariables>;

/** A request at a door. */
export type DoorContext = Context<DoorVariables>;
