/** Checks a connection file that is not running yet: `starter validate` and `onboard` use it, and so may the Temporal CLI. */
import type { ValidationReport } from '../activities/types.js';
import { validating } from './activities.js';
import { checkFile } from './arguments.js';

/** Workflow type `validate`; writes nothing. Answers the report line by line. */
export async function validate(config: unknown): Promise<ValidationReport> {
  checkFile(config);
  return validating.validateConnection(config);
}
