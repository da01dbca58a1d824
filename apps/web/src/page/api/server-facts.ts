import type { Sampling } from '../chat/settings';
import { ask } from './ask';

/** What the server tells of itself. */
export interface ServerFacts {
  readonly model: string;
  readonly architecture: string;
  readonly backend: string;
  readonly slots: number;
  /** Tokens of a conversation at most. */
  readonly contextLength: number;
  /** What numbers are that a request leaves out. */
  readonly defaults: Sampling;
}

/** The answer of `GET /props`, as far as this page reads it. */
interface Props {
  readonly default_generation_settings: { readonly n_ctx: number; readonly params: Sampling };
  readonly total_slots: number;
  readonly model_alias: string;
  readonly architecture: string;
  readonly backend: string;
}

/** Ask the server what it is. @throws ServerError. */
export async function serverFacts(apiKey: string): Promise<ServerFacts> {
  const props = (await (await ask('/props', { apiKey })).json()) as Props;
  return {
    model: props.model_alias,
    architecture: props.architecture,
    backend: props.backend,
    slots: props.total_slots,
    contextLength: props.default_generation_settings.n_ctx,
    defaults: props.default_generation_settings.params,
  };
}
