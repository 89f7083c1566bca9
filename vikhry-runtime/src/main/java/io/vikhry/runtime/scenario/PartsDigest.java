package io.vikhry.runtime.scenario;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of a list of parts, each with its length before it: no two lists read alike. */
final class PartsDigest {
    static final int BYTES = 32;

    private final MessageDigest sha256;

    PartsDigest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    PartsDigest add(String part) {
        return add(part.getBytes(StandardCharsets.UTF_8));
    }

    PartsDigest add(byte[] part) {
        sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).flip());
        sha256.update(part);
        return this;
    }

    /** The digest; nothing can be added afterwards. */
    byte[] bytes() {
        return sha256.digest();
    }
}
