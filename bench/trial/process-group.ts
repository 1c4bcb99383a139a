// Addresses several processes of one kind as one: the servers of an arm, or its load processes.

import type { Child } from './child-process.ts';

export class ProcessGroup<In extends { kind: string }> implements AsyncDisposable {
  readonly children: readonly Child<In>[];

  constructor(children: readonly Child<In>[]) {
    this.children = children;
  }

  get pids(): number[] {
    return this.children.map(({ pid }) => pid);
  }

  send(message: object): void {
    for (const child of this.children) child.send(message);
  }

  sendEach(messageOf: (index: number) => object): void {
    for (const [index, child] of this.children.entries()) child.send(messageOf(index));
  }

  /** One message of each, in their order. @throws the error of the first of them to fail, as `Child.expect` does. */
  async expect<Kind extends In['kind']>(kind: Kind, timeoutMs: number, signal: AbortSignal): Promise<Extract<In, { kind: Kind }>[]> {
    return await Promise.all(this.children.map(async (child) => await child.expect(kind, timeoutMs, signal)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.children.map(async (child) => await child[Symbol.asyncDispose]()));
  }
}
