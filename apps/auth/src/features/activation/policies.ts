/** Life of an activation link, in seconds. */
export const activationSeconds = 86_400;

/** From this number of active administrators on they invite others themselves, one approving what another asks for. */
export const administratorsEnough = 2;

/** Invitations that wait to be approved or used, all together: more is somebody playing. */
export const pendingInvitationsMax = 20;
