// What both twins answer to a client that does not keep to the form of a session: the same status
// and the same sentence, whatever carries it.

export interface SessionRefusal {
  readonly statusCode: 400 | 404 | 408 | 409;
  readonly message: string;
}

export const unknownSession = (id: string): SessionRefusal => ({
  statusCode: 404,
  message: `no session ${id} in this trial`,
});

export const secondLane = (id: string, what: 'event stream' | 'upload'): SessionRefusal => ({
  statusCode: 409,
  message: `session ${id} has its ${what} already`,
});

export const sessionOver = (id: string): SessionRefusal => ({
  statusCode: 409,
  message: `session ${id} is over`,
});

export const wrongSize = (bytes: number, expected: number): SessionRefusal => ({
  statusCode: 400,
  message: `a frame has ${expected} bytes, not ${bytes}`,
});

export const noFrame: SessionRefusal = { statusCode: 400, message: 'the message is no frame' };

export const tooMany = (frames: number): SessionRefusal => ({
  statusCode: 400,
  message: `the session has ${frames} frames, and more were sent`,
});

export const cutUpload = (frames: number): SessionRefusal => ({
  statusCode: 400,
  message: `the upload was cut after ${frames} frames`,
});

export const streamGone: SessionRefusal = {
  statusCode: 409,
  message: 'the stream of the session ended before its upload',
};

export const silentUpload = (idleMs: number): SessionRefusal => ({
  statusCode: 408,
  message: `the upload did not end, and no frame came for ${idleMs} ms`,
});

/** The JSON of a refusal within a session that has begun; before that, it is that of any request. */
export function renderRefusal({ statusCode, message }: SessionRefusal): string {
  return JSON.stringify({ type: 'error', statusCode, message });
}
