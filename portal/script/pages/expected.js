// Content that the sender's node is still sealing comes by itself.

/** How long to wait, in seconds, before looking again whether the content is there; the last one again and again. */
export const PAUSES = [2, 3, 5, 8, 13, 20, 30, 60];
