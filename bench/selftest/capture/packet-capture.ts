// Owns one tcpdump on the loopback interface, from start to exit. It writes straight into a file
// that this process opened: nothing of the capture passes through the process that conducts the
// trial, and dropped privileges do not matter.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { BenchError } from '../../contract/errors.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { explainRefusal, type CaptureRefusal } from './capture-refusal.ts';
import { readPcap } from './read-pcap.ts';

/** Counts reported by tcpdump itself; undefined when it did not report them. */
export interface CaptureCounts {
  readonly packets: number | undefined;
  /** Packets that the kernel had no room for. */
  readonly dropped: number | undefined;
}

export interface CaptureRequest {
  /** Port on loopback; every packet sent to or from it is captured. */
  readonly port: number;
  readonly file: string;
  /** tcpdump ends after this time, whether or not this process is still alive. */
  readonly limitNs: number;
  readonly signal: AbortSignal;
  /** Bind tcpdump to this CPU; undefined leaves it to the kernel. */
  readonly cpu: number | undefined;
}

/** Size of the kernel's buffer of packets that tcpdump has not read yet. */
const BUFFER_KIB = 8192;
/** More than the largest packet on loopback: none is cut. */
const SNAP_BYTES = 262_144;
const START_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 10_000;
const EXIT_GRACE_MS = 2000;
/**
 * The kernel hands packets over in blocks, each after 1 s at the latest (tcpdump's own setting).
 */
const DELIVERY_TIMEOUT_MS = 10_000;
const DELIVERY_CHECK_MS = 100;

/** Resolves once packets are being captured, or it is clear why they cannot be. */
export async function startCapture(
  request: CaptureRequest,
): Promise<PacketCapture | CaptureRefusal> {
  if (process.platform !== 'linux') {
    return {
      reason: 'not-linux',
      message: `packets are captured on Linux only, this is ${process.platform}`,
      remedy: 'run it on Linux',
    };
  }
  request.signal.throwIfAborted();
  const output = openSync(request.file, 'w');
  // Runs in a process group of its own: Ctrl-C must not end it before the trial, and the group can
  // be killed as a whole.
  const child = spawn('timeout', argumentsFor(request), {
    stdio: ['ignore', output, 'pipe'],
    detached: true,
  });
  closeSync(output);
  const capture = new PacketCapture(child, request);
  if (await capture.isListening()) return capture;
  await capture[Symbol.asyncDispose]();
  return explainRefusal(capture.said, child.exitCode);
}

function argumentsFor({ port, limitNs, cpu }: CaptureRequest): string[] {
  const limit = ['--signal=INT', String(Math.ceil(limitNs / NS_PER_S))];
  const packets = [
    '-i',
    'lo',
    '--time-stamp-precision=nano',
    '-B',
    String(BUFFER_KIB),
    '-s',
    String(SNAP_BYTES),
  ];
  // tcpdump handles a second of packets at once, for some 20 ms: at the lowest priority and away
  // from the client's CPU, because a token's callback that has to wait for tcpdump would be an
  // error of the capture and not of the harness.
  const aside = ['nice', '-n', '19', ...(cpu === undefined ? [] : ['taskset', '-c', String(cpu)])];
  return [...limit, ...aside, 'tcpdump', ...packets, '-U', '-w', '-', `tcp port ${port}`];
}

export class PacketCapture implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #request: CaptureRequest;
  readonly #exited: Promise<unknown>;
  /** All that tcpdump has written to stderr. */
  said = '';

  constructor(child: ChildProcess, request: CaptureRequest) {
    this.#child = child;
    this.#request = request;
    this.#exited = once(child, 'close').catch((error: Error) => (this.said += error.message));
    child.stderr?.on('data', (bytes: Buffer) => (this.said += bytes.toString()));
  }

  /** False when tcpdump ends instead, or does not report in time. */
  async isListening(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const check = (): void => {
      if (this.said.includes('listening on')) resolve(true);
    };
    this.#child.stderr?.on('data', check);
    const isListening = await Promise.race([
      promise,
      this.#exited.then(() => false),
      setTimeout(START_TIMEOUT_MS, false, { ref: false }),
    ]);
    this.#child.stderr?.off('data', check);
    return isListening;
  }

  /**
   * To be called when the server has exited: all packets until then are in the file when it
   * resolves.
   * @throws BenchError FILE when tcpdump does not deliver or does not end.
   */
  async stop(): Promise<CaptureCounts> {
    await this.#deliverAll();
    this.#child.kill('SIGINT');
    if (!(await this.#endsWithin(STOP_TIMEOUT_MS)))
      throw new BenchError('FILE', `tcpdump did not end within ${STOP_TIMEOUT_MS / 1000} s`);
    const count = (what: string): number | undefined => {
      const digits = new RegExp(`(\\d+) packets? ${what}`).exec(this.said)?.[1];
      return digits === undefined ? undefined : Number(digits);
    };
    return { packets: count('captured'), dropped: count('dropped by kernel') };
  }

  /**
   * tcpdump ends without the packets that the kernel has not handed over yet. So one more packet is
   * sent, an attempt to connect to the port, which is closed by now: packets come in order, and
   * when it is in the file, all before it are.
   */
  async #deliverAll(): Promise<void> {
    const { port, file, signal } = this.#request;
    const sentNs = BigInt(Date.now()) * BigInt(NS_PER_MS);
    const marker = connect(port, '127.0.0.1');
    await once(marker, 'connect').catch(() => undefined);
    marker.destroy();
    for (let waitedMs = 0; waitedMs < DELIVERY_TIMEOUT_MS; waitedMs += DELIVERY_CHECK_MS) {
      await setTimeout(DELIVERY_CHECK_MS);
      signal.throwIfAborted();
      const segments = readPcap(readFileSync(file), { name: file, isGrowing: true });
      if (segments.some(({ isSyn, atNs }) => isSyn && atNs >= sentNs)) return;
    }
    throw new BenchError(
      'FILE',
      `tcpdump did not write its last packets to ${file} within ${DELIVERY_TIMEOUT_MS / 1000} s: ${this.said}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM');
    if (await this.#endsWithin(EXIT_GRACE_MS)) return;
    const { pid } = this.#child;
    // Killing `timeout` alone would leave tcpdump behind.
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    await this.#exited;
  }

  async #endsWithin(limitMs: number): Promise<boolean> {
    return await Promise.race([
      this.#exited.then(() => true),
      setTimeout(limitMs, false, { ref: false }),
    ]);
  }
}
