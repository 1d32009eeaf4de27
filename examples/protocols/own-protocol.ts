import { LlmServerError, type DecodedFrame, type LlmProtocol, type LlmRequest } from '#llm';

/** A frame of the server: `{"answer":"Hello","cost":0.002,"model_version":"m-2"}`, or `{"problem":"…"}`. */
interface Answer {
  answer?: string;
  cost?: number;
  model_version?: string;
  problem?: string;
}

/** A protocol with its own JSON format, for `LlmModule.forRoot({ protocols: [new OwnProtocol()], … })`. */
export class OwnProtocol implements LlmProtocol {
  readonly name = 'own';

  encode({ message, history = [] }: LlmRequest): string {
    return JSON.stringify({ question: message, before: history });
  }

  decode(frame: string): DecodedFrame {
    const { answer, cost, model_version, problem } = JSON.parse(frame) as Answer;
    if (problem !== undefined) {
      return { event: { type: 'error', error: new LlmServerError('internal_error', problem) } };
    }
    return { event: { type: 'end', text: answer, model: model_version, metadata: { cost } } };
  }
}
