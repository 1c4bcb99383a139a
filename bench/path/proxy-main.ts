// One process that owns a real proxy. It is a process of ours beside the proxy, so that the proxy
// ends even when the run is killed: the channel to the run closes with it.

import { linkToParent, sendToParent } from '../contract/child-link.ts';
import { BenchError } from '../contract/errors.ts';
import { toProxySchema, type FromProxy, type ToProxy } from '../contract/messages.ts';
import { OwnedProxy } from './owned-proxy.ts';

const say = async (message: FromProxy): Promise<void> => await sendToParent(message);

let proxy: OwnedProxy | undefined;

process.on('exit', () => proxy?.kill());
// By default these end a process without the event above.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

linkToParent<ToProxy>({
  schema: toProxySchema,
  onMessage: async (message) => {
    switch (message.kind) {
      case 'run-proxy':
        proxy = new OwnedProxy(message);
        await proxy.listen();
        await say({ kind: 'passing', pid: proxy.pid });
        await proxy.diesAlone();
        return;
      case 'stop':
        if (proxy === undefined)
          throw new BenchError('USAGE', 'the owner of a proxy was told to stop before it had one');
        await proxy.stop();
        await say({ kind: 'stopped' });
        process.exit(0);
    }
  },
});
