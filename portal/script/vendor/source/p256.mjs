import { p256 } from "@noble/curves/nist.js";

/** The public point of a private scalar of 32 bytes: 65 bytes, uncompressed. */
export const publicPoint = (scalar) => p256.getPublicKey(scalar, false);
