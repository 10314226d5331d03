import { once } from 'node:events';
import { request as overPlain } from 'node:http';
import { request as overTls, type RequestOptions } from 'node:https';

/** One GET; the status and the text. Rejects when the connection is refused or cut. */
export async function ask(
  scheme: 'http' | 'https',
  options: RequestOptions,
): Promise<{ readonly status: number; readonly text: string }> {
  const sent = (scheme === 'https' ? overTls : overPlain)({ agent: false, ...options });
  sent.end();
  const [answer] = await once(sent, 'response');
  let text = '';
  for await (const chunk of answer) text += chunk;
  return { status: answer.statusCode, text };
}
