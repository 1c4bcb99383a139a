// Times at which the tokens of one event-loop turn leave the server. Each library has its own by
// default.

export const writesOf = {
  'at-once': 'each token leaves before the next is written',
  corked: 'all tokens of a turn of the event loop leave at its end, in one system call',
} as const satisfies Record<string, string>;

export type Writes = keyof typeof writesOf;

export const writesTitles: Record<Writes, string> = {
  'at-once': 'written at once',
  corked: 'corked',
};
