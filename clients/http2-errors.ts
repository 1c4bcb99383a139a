// Names of the error codes with which an end of HTTP/2 resets a stream or leaves a connection.

/** RFC 9113 §7, by code. */
const errorNames = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];

export const CANCEL = errorNames.indexOf('CANCEL');

export const errorName = (code: number): string => errorNames[code] ?? `error ${code}`;
