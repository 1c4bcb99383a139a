// The dialects that can be read, and which of them an answer is in.

export { dialectIds, type DialectId } from './dialect-ids.ts';
