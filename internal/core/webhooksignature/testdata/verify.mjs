// Judges signed requests with npm's standardwebhooks: a JSON list of them on standard input, a list of verdicts on standard output.
import { Webhook, WebhookVerificationError } from 'standardwebhooks';

let input = '';
for await (const chunk of process.stdin) input += chunk;

const verdicts = JSON.parse(input).map(({ key, id, timestamp, signature, body }) => {
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
  try {
    new Webhook(key).verify(body, headers);
    return 'valid';
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    return error.message;
  }
});
process.stdout.write(JSON.stringify(verdicts));
