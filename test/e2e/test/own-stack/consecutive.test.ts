// On one stack, in this order: what needs it new, what changes nothing of it, what kills its processes, what changes its keys, what
// replaces the authority of its certificates.
import './consecutive/staff-journey.ts';
import './consecutive/first-journey.ts';
import './consecutive/revocations.ts';
import './consecutive/signing-keys.ts';
import './consecutive/reload.ts';
