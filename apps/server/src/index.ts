export { grammarConstraint } from './engine/constraints/text-answer';
export type * from './engine/engine';
export { EngineError, type EngineErrorCode } from './engine/error';
export { openModelEngine, type EngineOptions } from './engine/model-engine';
export { createApp, type AppOptions } from './http/app';
export type { Log, LogEntry } from './http/log';
export { listenAt, type Listening, type ServeOptions } from './serve';
export { openEngine, type EngineThread } from './worker/worker-engine';
