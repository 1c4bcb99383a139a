// The length of a response head that a library parsed. Neither undici nor node:http says where the
// head ended.

interface ParsedHead {
  readonly status: number;
  readonly reason: string;
  /** Names and values in turn, as they were received. */
  readonly rawFields: readonly string[];
}

/**
 * Bytes of status line, fields and blank line, assuming one space after each colon and none at line
 * ends: node:http and ws write it so. Bytes above ASCII are one byte each (latin1).
 */
export function countHeadBytes({ status, reason, rawFields }: ParsedHead): number {
  let bytes = `HTTP/1.1 ${status} ${reason}\r\n`.length + '\r\n'.length;
  for (const part of rawFields) bytes += part.length;
  return bytes + (rawFields.length / 2) * ': \r\n'.length;
}
