/** Life of an activation link, in seconds. */
export const activationSeconds = 86_400;

/** From this number of active administrators on they invite others themselves, one approving what another asks for. */
export const administratorsEnough = 2;

/**
 * Invitations under way: what one administrator may have prepared that nobody has approved yet, and what waits to be approved
 * or used all together. More is somebody playing, who must not keep the others from inviting anybody.
 */
export const pendingInvitationsMax = { each: 10, together: 50 } as const;
