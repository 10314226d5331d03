import { Agent, request } from 'undici';
import type { Endpoint } from './endpoints.ts';

/** Speaks to the control ports of the pods; see scenarios/service/protocol.ts for what they answer. */
export class ControlClient implements AsyncDisposable {
  readonly #agent = new Agent({ connectTimeout: 2_000, headersTimeout: 30_000, bodyTimeout: 30_000 });

  /** Whether the program at this port serves; false while nothing listens or it answers otherwise. */
  async isReady(control: Endpoint): Promise<boolean> {
    try {
      const { statusCode, body } = await request(`${originOf(control)}/ready`, {
        dispatcher: this.#agent,
        reset: true,
      });
      await body.dump();
      return statusCode === 200;
    } catch {
      return false;
    }
  }

  get(control: Endpoint, path: string): Promise<unknown> {
    return this.#ask(control, 'GET', path, null);
  }

  post(control: Endpoint, path: string, content: object = {}): Promise<unknown> {
    return this.#ask(control, 'POST', path, JSON.stringify(content));
  }

  /** One connection a question: a kept one may be closing at the other end just when it is used again. */
  async #ask(
    control: Endpoint,
    method: 'GET' | 'POST',
    path: string,
    content: string | null,
  ): Promise<unknown> {
    const url = `${originOf(control)}${path}`;
    const { statusCode, body } = await request(url, {
      method,
      dispatcher: this.#agent,
      reset: true,
      ...(content !== null && { body: content, headers: { 'content-type': 'application/json' } }),
    });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`${method} ${url} answered ${statusCode}: ${text.slice(0, 500)}`);
    return text === '' ? null : parseOrText(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }
}

function originOf({ host, port }: Endpoint): string {
  return `http://${host}:${port}`;
}

function parseOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
