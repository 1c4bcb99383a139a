// How a client sends while its stream goes on, over a transport that only leads to the client:
// requests beside the stream, each on a connection that is kept for them.

export const uplinks = {
  posts: {
    title: 'a POST a frame',
    summary: 'each frame is a POST of its own, sent once the answer to the last one has come',
  },
  upload: {
    title: 'one POST',
    summary: 'all frames are the body of one POST, which ends with the session',
  },
} as const satisfies Record<string, { readonly title: string; readonly summary: string }>;

export type Uplink = keyof typeof uplinks;

export const uplinkNames = Object.keys(uplinks) as Uplink[];
