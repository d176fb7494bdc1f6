// On one stack, in this order: what needs it new, what changes its keys, what replaces the authority of its certificates.
import './consecutive/staff-journey.ts';
import './consecutive/signing-keys.ts';
import './consecutive/reload.ts';
