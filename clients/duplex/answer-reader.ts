// Answers without a body on a connection that is kept, one after another: anything but 204 is a
// refusal, whose sentence is in its body.

import { HttpHeadReader, type HttpHead } from '../probe/http-head.ts';
import { socketFailure, StreamFailure } from '../stream-failure.ts';

const NO_CONTENT = 204;

export class AnswerReader {
  #head = new HttpHeadReader();
  #isWithin = false;

  /**
   * The lengths of the answers that ended in these bytes [0, length). @throws StreamFailure for a
   * refusal, with as much of its sentence as came with its head
   */
  push(buffer: Buffer, length: number): readonly number[] {
    const answers: number[] = [];
    let from = 0;
    while (from < length) {
      const end = this.#head.push(buffer, from, length);
      const { head } = this.#head;
      this.#isWithin = head === undefined;
      if (end === undefined || head === undefined) return answers;
      if (head.status !== NO_CONTENT) throw refusal(head, buffer.toString('utf8', end, length));
      answers.push(head.headBytes);
      this.#head = new HttpHeadReader();
      from = end;
    }
    return answers;
  }

  endedBy(error: NodeJS.ErrnoException | undefined): StreamFailure {
    return socketFailure(error, this.#isWithin ? 'within an answer' : 'before the answer');
  }
}

function refusal({ status, reason }: HttpHead, body: string): StreamFailure {
  return new StreamFailure(
    `http-${status}`,
    `the server answered ${status} ${reason}${body === '' ? '' : `: ${body}`}`,
  );
}
