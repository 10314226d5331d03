import type { PodPlan } from './plan.ts';
import { PodServer } from './server.ts';

const gone = () => process.exit(0);
// Whoever started this pod is gone when the channel closes.
process.once('disconnect', gone);
process.once('message', async (plan) => {
  await new PodServer(plan as PodPlan).run((message) => process.send!(message));
  process.disconnect();
});
