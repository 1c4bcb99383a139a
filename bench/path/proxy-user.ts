// A client that is told to use a forward proxy, as far as the proxy can tell: a request for an upgrade
// goes through a tunnel (RFC 6455 §4.1), any other is sent to the proxy with the whole address of its
// target (RFC 9112 §3.2.2). What the proxy answers instead of a tunnel is passed to the client.

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { LOOPBACK } from './direct-path.ts';

interface ProxyUserOptions {
  /** The port of the proxy, and that of the server behind it. */
  readonly proxyPort: number;
  readonly serverPort: number;
}

/** Far above a request of any client of the harness. */
const MOST_HEAD_BYTES = 64 * 1024;
const HEAD_END = '\r\n\r\n';

/** Resolves with the port on which it takes connections of clients. */
export async function listenAsProxyUser(options: ProxyUserOptions): Promise<number> {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) =>
    admit(client, options),
  );
  server.listen({ host: LOOPBACK, port: 0, backlog: 4096 });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function admit(client: Socket, options: ProxyUserOptions): void {
  client.on('error', () => client.destroy());
  readHead(client, (head, rest) => {
    const proxy = connect({
      host: LOOPBACK,
      port: options.proxyPort,
      noDelay: true,
      allowHalfOpen: true,
    });
    join(client, proxy);
    const authority = `${LOOPBACK}:${options.serverPort}`;
    if (!/^upgrade:/im.test(head)) {
      proxy.write(withAddress(head, authority), 'latin1');
      pass({ client, proxy, rest });
      return;
    }
    proxy.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`, 'latin1');
    readHead(proxy, (answer, more) => {
      if (/^HTTP\/1\.[01] 2\d\d /.test(answer)) proxy.write(head, 'latin1');
      else client.write(answer, 'latin1');
      client.write(more);
      pass({ client, proxy, rest });
    });
  });
}

/** `GET /a HTTP/1.1` becomes `GET http://host:port/a HTTP/1.1`. */
export function withAddress(head: string, authority: string): string {
  return head.replace(/^(\S+) (\/\S*)/, (_, method: string, target: string) => {
    return `${method} http://${authority}${target}`;
  });
}

/** Reads up to the blank line; hands over the head with it, and what came after. */
function readHead(socket: Socket, then: (head: string, rest: Buffer) => void): void {
  let read = Buffer.alloc(0);
  const take = (bytes: Buffer): void => {
    read = Buffer.concat([read, bytes]);
    const end = read.indexOf(HEAD_END);
    if (end === -1) {
      if (read.length > MOST_HEAD_BYTES) socket.destroy();
      return;
    }
    socket.off('data', take);
    socket.pause();
    const headBytes = end + HEAD_END.length;
    then(read.toString('latin1', 0, headBytes), read.subarray(headBytes));
  };
  socket.on('data', take);
}

interface Passing {
  readonly client: Socket;
  readonly proxy: Socket;
  /** What the client sent after its head. */
  readonly rest: Buffer;
}

function pass({ client, proxy, rest }: Passing): void {
  if (rest.length > 0) proxy.write(rest);
  client.pipe(proxy);
  proxy.pipe(client);
}

/** Ends and breaks the one side as the other does, also before bytes are passed. */
function join(client: Socket, proxy: Socket): void {
  proxy.on('error', () => client.destroy());
  client.once('close', () => proxy.destroy());
  proxy.once('close', () => client.destroySoon());
}
